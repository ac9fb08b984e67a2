import type { DecideResponse } from "../../contract/decision.ts";
import type { Experiment } from "../../contract/experiment.ts";
import type { EventReceipt } from "../../contract/event.ts";
import type { Ledger } from "../../contract/ledger.ts";
import type { Results } from "../../contract/results.ts";
import { type AdminClient, createAdminClient } from "../../scripts/admin-client.ts";
import { eventually } from "../platform.ts";
import { seededRandom } from "../random.ts";
import { expectedDecision, type Visitor } from "./contract-oracle.ts";
import { audience, experiment, layer, metrics } from "./example-bodies.ts";
import { inBatches, makeHistory, type SentBatch } from "./history.ts";

const USERS = 2000;
const IN_PARALLEL = 16;

export interface Access {
  readonly url: string;
  readonly adminKey: string;
  readonly serverKey: string;
}

/** Works through the items with a bounded number at a time, in order of start. */
const forEach = async <T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> => {
  const queue = items.values();
  await Promise.all(
    Array.from({ length: IN_PARALLEL }, async () => {
      for (const item of queue) await work(item);
    }),
  );
};

const makeVisitors = (random: () => number): Visitor[] =>
  Array.from({ length: USERS }, (_, index) => ({
    user_id: `visitor-${index}-ü`,
    context: {
      country: random() < 0.9 ? (random() < 0.5 ? "US" : "CA") : "FR",
      platform: random() < 0.95 ? "web" : "android",
      visits: random() < 0.95 ? 2 + Math.floor(random() * 5) : 1,
    },
  }));

const create = async (admin: AdminClient): Promise<Experiment> => {
  await admin.post("/layers", layer);
  for (const metric of metrics) await admin.post("/metrics", metric);
  await admin.post("/audiences", audience);
  const { key } = await admin.post<Experiment>("/experiments", experiment);
  await admin.patch(`/experiments/${key}/status`, { status: "running" });
  return admin.get<Experiment>(`/experiments/${key}`);
};

/**
 * Lets the design's example experiment live its whole life over HTTP on a platform that does not know it yet, and
 * throws at the first thing that is not as the contract says. Returns the counts that were confirmed.
 */
export const wholeLife = async ({ url, adminKey, serverKey }: Access, say: (line: string) => void) => {
  const random = seededRandom(20_250_101);
  const admin = createAdminClient(url, { authorization: `Bearer ${adminKey}` });
  const post = (path: string, body: unknown): Promise<Response> =>
    fetch(`${url}${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${serverKey}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  const decide = async ({ user_id, context }: Visitor): Promise<DecideResponse> => {
    const answer = await post("/v1/decide", { user_key: user_id, context, experiments: [started.key] });
    if (answer.status !== 200) throw new Error(`decide answered ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as DecideResponse;
  };

  const started = await create(admin);
  const visitors = makeVisitors(random);
  await eventually(
    () => decide(visitors[0] as Visitor),
    ({ assignments: [first] }) => first !== undefined && first.reason !== "unknown_experiment",
  );
  say(`${started.key} is running`);

  const users: { user_id: string; variant: string | undefined }[] = [];
  await forEach([...visitors.entries()], async ([index, visitor]) => {
    const { assignments } = await decide(visitor);
    const expected = expectedDecision(started, visitor);
    const variant = expected.reason === "assigned" ? expected.variant : undefined;
    const want = JSON.stringify({
      experiment_key: started.key,
      experiment_id: started.id,
      variant_key: variant?.key ?? null,
      variant_id: variant?.id ?? null,
      payload: variant?.config ?? null,
      reason: expected.reason,
    });
    const { experiment_key, experiment_id, variant_key, variant_id, payload, reason } = assignments[0] ?? {};
    const got = JSON.stringify({ experiment_key, experiment_id, variant_key, variant_id, payload, reason });
    if (assignments.length !== 1 || got !== want)
      throw new Error(`${visitor.user_id}: decided ${got}, the contract says ${want}`);
    users[index] = { user_id: visitor.user_id, variant: variant?.key };
  });
  say(`${users.length} decisions confirmed, ${users.filter(({ variant }) => variant !== undefined).length} assigned`);

  const variantKeys = started.variants.map(({ key }) => key);
  const history = makeHistory(started.key, users, variantKeys, Date.now(), random);
  const batches = inBatches(history.events, 50, random);
  const before = await admin.get<Ledger>("/ledger?environment=production");
  let accepted = 0;
  await forEach<SentBatch>(batches, async (batch) => {
    const answer = await post("/v1/events", { ...batch, sent_at: new Date().toISOString() });
    if (answer.status !== 202) throw new Error(`events answered ${answer.status}: ${await answer.text()}`);
    const receipt = (await answer.json()) as EventReceipt;
    accepted += receipt.accepted;
  });
  const sent = batches.reduce((sum, { events }) => sum + events.length, 0);
  if (accepted !== sent) throw new Error(`${sent} good events were sent, ${accepted} accepted`);
  say(`${sent} events sent in ${batches.length} batches, ${history.events.length} of them distinct`);

  const ledger = await eventually(
    () => admin.get<Ledger>("/ledger?environment=production"),
    ({ received, difference }) => received - before.received === sent && difference === 0,
  );
  const applied = ledger.applied - before.applied;
  if (applied !== history.events.length - history.late)
    throw new Error(`${history.events.length - history.late} events should have been applied, ${applied} were`);
  say(`the ledger balances: ${JSON.stringify(ledger)}`);

  const results = await admin.get<Results>(`/results/${started.key}`);
  const numbersOf = (metric: string, variant: string) =>
    results.metrics.find(({ key }) => key === metric)?.variants.find(({ key }) => key === variant);
  for (const [variant, { exposures, conversions, revenueCents }] of history.expected) {
    const want = JSON.stringify({
      exposures,
      conversion: { n: exposures, sum: conversions },
      revenue: { n: exposures, cents: revenueCents },
    });
    const conversion = numbersOf("checkout_conversion_rate", variant);
    const revenue = numbersOf("revenue_per_user", variant);
    const got = JSON.stringify({
      exposures: results.variants.find(({ key }) => key === variant)?.exposures,
      conversion: { n: conversion?.n, sum: conversion?.sum },
      revenue: { n: revenue?.n, cents: Math.round((revenue?.sum ?? Number.NaN) * 1e8) / 1e6 },
    });
    if (got !== want) throw new Error(`${variant}: the results say ${got}, the history says ${want}`);
  }
  if (results.health.crossovers.units !== history.crossovers)
    throw new Error(`${history.crossovers} crossovers were sent, ${results.health.crossovers.units} are shown`);
  say(`the results are exact: ${JSON.stringify([...history.expected])}, ${history.crossovers} crossovers left out`);
  return { decisions: users.length, events: sent, ledger, results };
};
