/**
 * Requests a second, latency and CPU of `/v1/decide`, beside a Hono Worker that answers a constant of as many bytes to the
 * same requests. Both run in one `workerd serve` and take turns; figures are medians of the rounds, ratios are medians of the
 * ratios of each round.
 *
 *     node bench/decide.ts
 *
 * CPU per request and the ratios are robust on a busy machine; requests a second are not.
 */
import { fileURLToPath } from "node:url";
import type { Ruleset } from "../contract/ruleset.ts";
import { encodeRuleset } from "../core/encode-ruleset.ts";
import { type User, aLargeRuleset, users } from "./harness/a-large-ruleset.ts";
import { aRuleset, benchKey, benchRulesetKey } from "./harness/a-ruleset.ts";
import { pinClient } from "./harness/cores.ts";
import { atLeast, atMost, row } from "./harness/goal.ts";
import { type Load, load } from "./harness/load.ts";
import { median } from "./harness/median.ts";
import { type Workerd, startWorkerd } from "./harness/workerd.ts";

const CONNECTIONS = 64;
const ROUNDS = 15;
const ROUND_MS = 400;
const WARM_UP_MS = 1_500;
const P99_GOAL = 1.3;

interface Scenario {
  readonly title: string;
  readonly ruleset: Ruleset;
  readonly requestOf: (user: User) => string;
  /** Of the constant's requests a second. */
  readonly goal?: number;
}

const HEADERS = ["Host: edge.test", `Authorization: Bearer ${benchKey}`, "Accept: application/json"];

const contextOf = ({ country, plan }: User): Record<string, string> => ({ country, plan });

const get = (user: User, experiments?: string): string => {
  const asked = experiments === undefined ? "" : `&experiments=${experiments}`;
  const context = encodeURIComponent(JSON.stringify(contextOf(user)));
  return [`GET /v1/decide?user_key=${user.id}${asked}&context=${context} HTTP/1.1`, ...HEADERS, "\r\n"].join("\r\n");
};

const post = (user: User): string => {
  const body = JSON.stringify({ user_key: user.id, context: contextOf(user) });
  const headers = [...HEADERS, "Content-Type: application/json", `Content-Length: ${body.length}`];
  return ["POST /v1/decide HTTP/1.1", ...headers, "", body].join("\r\n");
};

const withKey = (ruleset: Ruleset): Ruleset => ({ ...ruleset, keys: [benchRulesetKey] });

const large = withKey(aLargeRuleset({ experiments: 10_000, predicates: 300 }));
const layered = withKey(aLargeRuleset({ experiments: 1_000, predicates: 30, layers: 100 }));

const scenarios: readonly Scenario[] = [
  {
    title: "one of 10,000 experiments",
    ruleset: large,
    requestOf: (user) => get(user, large.experiments[Number(user.id.slice(5)) % large.experiments.length]?.key),
    goal: 0.9,
  },
  { title: "all of 1,000 experiments in 100 layers", ruleset: layered, requestOf: (user) => get(user), goal: 0.75 },
  { title: "the only experiment", ruleset: aRuleset, requestOf: (user) => get(user) },
  { title: "the only experiment, POST", ruleset: aRuleset, requestOf: post },
];

type Figures = Load & { readonly cpuUs: number };

const entryOf = (name: string): string => fileURLToPath(new URL(`workers/${name}.ts`, import.meta.url));

const decideWorkers = Object.fromEntries(
  scenarios.map(({ ruleset }, index) => [
    `decide${index}`,
    { entry: entryOf("decide"), texts: { RULESET: JSON.stringify(encodeRuleset(ruleset)) } },
  ]),
);

const measure = async (
  workerd: Workerd,
  worker: string,
  requests: readonly string[],
  durationMs: number,
): Promise<Figures> => {
  const before = await workerd.cpuUs();
  const figures = await load({ port: workerd.ports.get(worker) ?? 0, requests, connections: CONNECTIONS, durationMs });
  const after = await workerd.cpuUs();
  const us = before === undefined || after === undefined ? Number.NaN : after - before;
  return { ...figures, cpuUs: us / figures.requests };
};

const runScenario = async (workerd: Workerd, scenario: Scenario, index: number): Promise<void> => {
  const requests = users(1_000).map(scenario.requestOf);
  const [decide, constant] = [`decide${index}`, `constant${index}`] as const;
  const rounds: { readonly decide: Figures; readonly constant: Figures }[] = [];
  for (const worker of [decide, constant]) await measure(workerd, worker, requests, WARM_UP_MS);
  for (let round = 0; round < ROUNDS; round++) {
    const first = await measure(workerd, decide, requests, ROUND_MS);
    rounds.push({ decide: first, constant: await measure(workerd, constant, requests, ROUND_MS) });
  }
  const of = (worker: "decide" | "constant", name: keyof Figures): number =>
    median(rounds.map((round) => round[worker][name]));
  /** The rounds come in pairs, each with the same neighbours on the machine. */
  const ratioOf = (name: keyof Figures): number =>
    median(rounds.map((round) => round.decide[name] / round.constant[name]));

  const bytes = of("decide", "bytesPerAnswer");
  console.log(row(`\n${scenario.title}, ${bytes.toFixed(0)} bytes`, "requests/s", "p50 ms", "p99 ms", "CPU µs/req"));
  for (const worker of ["decide", "constant"] as const)
    console.log(
      row(
        worker === "decide" ? "decide" : "Hono, a constant",
        of(worker, "requestsPerSecond").toFixed(0),
        of(worker, "p50Ms").toFixed(1),
        of(worker, "p99Ms").toFixed(1),
        of(worker, "cpuUs").toFixed(1),
      ),
    );
  const [perSecond, p50, p99, cpu] = (["requestsPerSecond", "p50Ms", "p99Ms", "cpuUs"] as const).map(ratioOf);
  console.log(row("ratio", ...[perSecond, p50, p99, cpu].map((ratio) => (ratio ?? Number.NaN).toFixed(2))));
  if (scenario.goal !== undefined) console.log(row("requests/s", atLeast(scenario.goal, perSecond ?? Number.NaN, 2)));
  console.log(row("p99", atMost(P99_GOAL, p99 ?? Number.NaN, { digits: 2 })));
};

/** Body bytes of each scenario's answers, on average. */
const answerBytes = async (): Promise<readonly number[]> => {
  const workerd = await startWorkerd(decideWorkers);
  try {
    const sizes: number[] = [];
    for (const [index, { requestOf }] of scenarios.entries()) {
      const requests = users(1_000).map(requestOf);
      sizes.push((await measure(workerd, `decide${index}`, requests, 500)).bytesPerAnswer);
    }
    return sizes;
  } finally {
    await workerd.stop();
  }
};

const isPinned = pinClient();
const sizes = await answerBytes();
const constantWorkers = Object.fromEntries(
  sizes.map((bytes, index) => [
    `constant${index}`,
    { entry: entryOf("constant"), texts: { BYTES: String(Math.round(bytes)) } },
  ]),
);
const workerd = await startWorkerd({ ...decideWorkers, ...constantWorkers });
try {
  console.log(
    `/v1/decide on workerd serve · ${CONNECTIONS} connections · medians of ${ROUNDS} rounds of ${ROUND_MS} ms · ${isPinned ? "server and client on a core each" : "not pinned"}`,
  );
  for (const [index, scenario] of scenarios.entries()) await runScenario(workerd, scenario, index);
} finally {
  await workerd.stop();
}
