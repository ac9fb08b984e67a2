import type { Experiment } from "../contract/experiment.ts";
import type { Results } from "../contract/results.ts";
import { sampleMetrics } from "../examples/shop/workspace.ts";
import { createClient } from "../sdk/client.ts";
import type { ClientError } from "../sdk/client-error.ts";
import { browser } from "../sdk/platform.ts";
import { type AdminClient, createAdminClient, createUnlessTaken } from "./admin-client.ts";
import { type LocalAccess, readLocalAccess, stateDirOf } from "./local-access.ts";
import { Failure, Progress, runScript } from "./steps.ts";

const VISITORS = 4000;
const IN_PARALLEL = 12;
/** The visits are spread over this many past days, so that the charts have something to show. */
const DAYS = 6;

/** What the made-up visitors do, by variant: the truth that the platform has to find. */
const truth: Readonly<Record<string, { purchaseRate: number; meanOrder: number }>> = {
  control: { purchaseRate: 0.12, meanOrder: 40 },
  treatment: { purchaseRate: 0.15, meanOrder: 40 },
};
const BASKET_RATE = 0.35;

/** What one variant's visitors really did in this run. */
interface Played {
  visitors: number;
  buyers: number;
  revenueCents: number;
}

const createExperiment = async (admin: AdminClient, run: string): Promise<Experiment> => {
  for (const metric of sampleMetrics) await createUnlessTaken(admin, "/metrics", metric);
  const { key } = await admin.post<Experiment>("/experiments", {
    key: `demo_checkout_${run}`,
    name: `Demo: six days of the shop, replayed (${run})`,
    hypothesis: "Because the last step feels long, a button that says what happens next lets more visitors finish.",
    unit_type: "device_id",
    variants: [
      { key: "control", name: "Place order", weight: 50, config: { label: "Place order" } },
      { key: "treatment", name: "Buy now", weight: 50, config: { label: "Buy now – 2 clicks" } },
    ],
    primary_metric: "shop_purchase",
    secondary_metrics: ["shop_revenue"],
    guardrail_metrics: ["shop_add_to_basket"],
    guardrail_limits: { shop_add_to_basket: 0.05 },
    min_detectable_effect: 0.2,
    analysis: { tuning_units: VISITORS },
    estimated_duration_days: 14,
  });
  return admin.patch<Experiment>(`/experiments/${key}/status`, { status: "running" });
};

/** Waits until decisions know the experiment: a started experiment reaches every Worker within seconds. */
const untilDecided = async (access: LocalAccess, experimentKey: string): Promise<void> => {
  const deadline = Date.now() + 20_000;
  while (Date.now() < deadline) {
    const answer = await fetch(`${access.url}/v1/decide?user_key=probe&experiments=${experimentKey}`, {
      headers: { authorization: `Bearer ${access.sdk_client_key}` },
    });
    if (answer.ok && !(await answer.text()).includes('"unknown_experiment"')) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Failure("The decisions do not know the experiment after 20 s; see the platform's log.");
};

/** One visitor, from arriving to leaving, through the SDK: decided, exposed, perhaps buying. */
const visit = async (
  access: LocalAccess,
  experimentKey: string,
  deviceId: string,
  arrivedAt: number,
  played: Map<string, Played>,
): Promise<void> => {
  let now = arrivedAt;
  let isUnsent = false;
  let trouble = "";
  const onError = ({ code, message }: ClientError): void => {
    if (code === "send_failed") isUnsent = true;
    trouble = message;
  };
  const client = createClient(
    { key: access.sdk_client_key, url: access.url, deviceId, flushIntervalMs: 600_000, timeoutMs: 20_000, onError },
    { ...browser, now: () => now },
  );
  await client.ready();
  // A visitor of a real shop would see the default; here everyone must be in the test.
  for (let attempt = 1; client.variant(experimentKey) === null && attempt < 20; attempt += 1) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    await client.identify(undefined);
  }
  const variant = client.variant(experimentKey);
  const behaviour = variant === null ? undefined : truth[variant];
  if (variant === null || !behaviour)
    throw new Failure(`${deviceId} was decided ${variant ?? "no variant"}. ${trouble}`);
  const sums = played.get(variant) ?? { visitors: 0, buyers: 0, revenueCents: 0 };
  played.set(variant, sums);
  sums.visitors += 1;
  now += 60_000;
  if (Math.random() < BASKET_RATE) client.track("add_to_basket");
  if (Math.random() < behaviour.purchaseRate) {
    // Exponential order values: skewed, as orders are.
    const cents = Math.max(1, Math.round(-Math.log(1 - Math.random()) * behaviour.meanOrder * 100));
    now += 120_000;
    client.track("purchase", { value: cents / 100 });
    sums.buyers += 1;
    sums.revenueCents += cents;
  }
  const deadline = Date.now() + 60_000;
  do {
    if (isUnsent) await new Promise((resolve) => setTimeout(resolve, 500));
    isUnsent = false;
    // Sent now, as from a device that was offline since: the server corrects clocks that are wrong as they send.
    now = Date.now();
    await client.flush();
  } while (isUnsent && Date.now() < deadline);
  await client.close();
  if (isUnsent) throw new Failure(`The events of ${deviceId} could not be sent. ${trouble}`);
};

const playVisitors = async (access: LocalAccess, experimentKey: string, run: string): Promise<Map<string, Played>> => {
  const played = new Map<string, Played>();
  const progress = new Progress("Visitors", VISITORS);
  const begin = Date.now() - DAYS * 86_400_000;
  const indices = Array.from({ length: VISITORS }, (_, index) => index).values();
  await Promise.all(
    Array.from({ length: IN_PARALLEL }, async () => {
      for (const index of indices) {
        const arrivedAt = Math.round(begin + ((index + Math.random()) / VISITORS) * (DAYS * 86_400_000 - 600_000));
        await visit(access, experimentKey, `demo-${run}-${index}`, arrivedAt, played);
        progress.advance();
      }
    }),
  );
  return played;
};

/** Waits until the results hold every visitor that was sent. */
const untilCounted = async (admin: AdminClient, experimentKey: string): Promise<Results> => {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const results = await admin.get<Results>(`/results/${experimentKey}`);
    if (results.variants.reduce((sum, { exposures }) => sum + exposures, 0) >= VISITORS) return results;
    if (Date.now() > deadline) return results;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
};

const percent = (share: number | null, sign = false): string =>
  share === null ? "–" : `${sign && share > 0 ? "+" : ""}${(share * 100).toFixed(1)} %`.replace("-", "−");

const printFindings = (results: Results, played: Map<string, Played>): boolean => {
  const metric = (key: string) => results.metrics.find((candidate) => candidate.key === key);
  let isExact = true;
  const rows: string[][] = [["", "planned", "played", "found"]];
  for (const { key, exposures } of results.variants) {
    const sums = played.get(key) ?? { visitors: 0, buyers: 0, revenueCents: 0 };
    const purchases = metric("shop_purchase")?.variants.find((variant) => variant.key === key);
    const revenue = metric("shop_revenue")?.variants.find((variant) => variant.key === key);
    const cents = Math.round((revenue?.sum ?? 0) * 1e6) / 1e4;
    isExact &&= exposures === sums.visitors && purchases?.sum === sums.buyers && cents === sums.revenueCents;
    rows.push(
      [`${key}: visitors`, String(VISITORS / 2), String(sums.visitors), String(exposures)],
      [`${key}: buyers`, percent(truth[key]?.purchaseRate ?? null), String(sums.buyers), String(purchases?.sum ?? "–")],
      [`${key}: revenue`, "", (sums.revenueCents / 100).toFixed(2), (cents / 100).toFixed(2)],
    );
  }
  const planned = (truth.treatment?.purchaseRate ?? 0) / (truth.control?.purchaseRate ?? 1) - 1;
  const comparison = metric("shop_purchase")?.comparisons[0];
  rows.push([
    "lift of purchases",
    percent(planned, true),
    "",
    `${percent(comparison?.lift ?? null, true)} (always-valid 95 % interval ${percent(comparison?.lift_ci_low ?? null, true)} to ${percent(comparison?.lift_ci_high ?? null, true)})`,
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  console.log(
    `\n${rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("   ")}`).join("\n")}`,
  );
  const { title, detail } = results.verdict;
  console.log(`\n  Verdict: ${title}. ${detail}`);
  console.log(`  Counts: ${isExact ? "exactly what was played" : "NOT what was played"}`);
  return isExact;
};

/** Plays a shop with a lift that it knows against the running platform, and prints what the platform found beside the truth. */
runScript(async () => {
  const access = readLocalAccess(stateDirOf(process.env));
  const answers = access && (await fetch(`${access.url}/api/v1/health`).catch(() => undefined));
  if (!access || !answers?.ok)
    throw new Failure("No local platform is running. Start it in another terminal first: npm start");
  const admin = createAdminClient(access.url, { authorization: `Bearer ${access.admin_api_key}` });
  const run = Date.now().toString(36);
  const { key } = await createExperiment(admin, run);
  await untilDecided(access, key);
  console.log(`Playing ${VISITORS} visitors of the past ${DAYS} days through the SDK, experiment ${key}\n`);
  const played = await playVisitors(access, key, run);
  const isExact = printFindings(await untilCounted(admin, key), played);
  console.log(`\n  See it: ${access.url}/experiments/${key}/results`);
  if (!isExact) throw new Failure("The counts differ from what was played. That is a bug; please report it.");
});
