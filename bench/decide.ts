/**
 * Requests a second, latency and CPU of `GET /v1/decide` with one experiment, beside a Hono Worker that answers a constant
 * of the same size to the same requests. Both run in one workerd and take turns; figures are medians of the rounds.
 *
 *     node bench/decide.ts
 *
 * CPU per request and the ratios are robust on a busy machine; requests a second are not.
 */
import { fileURLToPath } from "node:url";
import { type Load, load } from "./harness/load.ts";
import { startWorkerd } from "./harness/workerd.ts";
import { benchKey } from "./workers/a-ruleset.ts";

const CONNECTIONS = 64;
const ROUNDS = 7;
const ROUND_MS = 1_500;
const WARM_UP_MS = 2_000;

const requests = Array.from({ length: 1_000 }, (_, index) => {
  const context = encodeURIComponent(JSON.stringify({ plan: "pro", visits: index }));
  return [
    `GET /v1/decide?user_key=user-${index}&context=${context} HTTP/1.1`,
    "Host: edge.test",
    `Authorization: Bearer ${benchKey}`,
    "Accept: application/json",
    "\r\n",
  ].join("\r\n");
});

type Figures = Load & { readonly cpuUs: number };

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
};

const pathOf = (name: string): string => fileURLToPath(new URL(`workers/${name}.ts`, import.meta.url));

const workerd = await startWorkerd({ decide: pathOf("decide"), constant: pathOf("constant") });
try {
  const measure = async (name: string, durationMs: number): Promise<Figures> => {
    const before = await workerd.cpuUs();
    const figures = await load({ port: workerd.ports.get(name) ?? 0, requests, connections: CONNECTIONS, durationMs });
    const after = await workerd.cpuUs();
    const asked = (figures.requestsPerSecond * durationMs) / 1_000;
    return { ...figures, cpuUs: before === undefined || after === undefined ? Number.NaN : (after - before) / asked };
  };

  const names = ["decide", "constant"] as const;
  const rounds: Record<(typeof names)[number], Figures[]> = { decide: [], constant: [] };
  for (const name of names) await measure(name, WARM_UP_MS);
  for (let round = 0; round < ROUNDS; round++)
    for (const name of names) rounds[name].push(await measure(name, ROUND_MS));

  const of = (name: (typeof names)[number], figure: keyof Figures): number =>
    median(rounds[name].map((figures) => figures[figure]));
  /** The rounds come in pairs, each with the same neighbours on the machine. */
  const ratioOf = (figure: keyof Figures): number =>
    median(rounds.decide.map((figures, round) => figures[figure] / (rounds.constant[round]?.[figure] ?? Number.NaN)));

  const row = (title: string, value: (figure: keyof Figures) => string): string =>
    title.padEnd(22) +
    (["requestsPerSecond", "p50Ms", "p99Ms", "cpuUs"] as const).map((figure) => value(figure).padStart(12)).join("");
  const digits = (figure: keyof Figures): number => (figure === "requestsPerSecond" ? 0 : 1);
  console.log(`GET /v1/decide, one experiment · ${CONNECTIONS} connections · medians of ${ROUNDS} rounds`);
  console.log(
    `${" ".repeat(22)}${["requests/s", "p50 ms", "p99 ms", "CPU µs/req"].map((t) => t.padStart(12)).join("")}`,
  );
  console.log(row("decide", (figure) => of("decide", figure).toFixed(digits(figure))));
  console.log(row("Hono, a constant", (figure) => of("constant", figure).toFixed(digits(figure))));
  console.log(row("ratio", (figure) => ratioOf(figure).toFixed(2)));
} finally {
  await workerd.stop();
}
