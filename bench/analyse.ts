/**
 * What results cost: a whole experiment of 5 variants, 20 metrics and 8 dimensions of 10 values, the bounds of a group-sequential
 * plan, the best of ten variants, single distributions beside jStat, and how large the code is.
 *
 *     node bench/analyse.ts
 */
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import jstat from "jstat";
import { analyse } from "../analytics/analyse.ts";
import { bestArmBeta, bestArmGaussian } from "../analytics/best-arm.ts";
import { betaQuantile } from "../analytics/distributions/beta.ts";
import { normalQuantile } from "../analytics/distributions/normal.ts";
import { studentTCdf, studentTQuantile } from "../analytics/distributions/student-t.ts";
import { inflationFactor } from "../analytics/group-sequential-power.ts";
import { spendingBoundaries } from "../analytics/group-sequential.ts";
import { normalSampler, randomOf } from "../test/simulations/samplers.ts";
import { alternate, type Contender, timesFaster } from "./harness/alternate.ts";
import { pinClient } from "./harness/cores.ts";
import { atMost, figure, row } from "./harness/goal.ts";
import { afterThePlan, aLargePlan, manySums, type Size } from "./harness/some-sums.ts";

const ROUNDS = 7;
const ROUND_MS = 200;
const KB = 1_000;

const time = (contenders: readonly Contender[]) =>
  alternate(contenders, { rounds: ROUNDS, roundMs: ROUND_MS, cycle: 1 });

const size: Size = { variants: 5, metrics: 20, days: 14, dimensions: 8, values: 10 };
const plan = aLargePlan(size);
const cells = manySums(size, plan);
const daily = cells.filter(({ kind }) => kind === "day");
const ms = afterThePlan(size);
const asOf = { ms, iso: new Date(ms).toISOString() };
const previous = analyse(plan, daily, asOf, null).sequence;

const cores = pinClient() ? "on one core" : "on all cores";
console.log(`\nAnalysis, ms of CPU ${cores} · ${size.variants} variants, ${size.metrics} metrics, ${size.days} days`);
const text = JSON.stringify(cells);
const [whole, withoutSegments, reading] = time([
  {
    name: `… and ${size.dimensions} dimensions of ${size.values} values`,
    once: () => analyse(plan, cells, asOf, previous),
  },
  { name: "without dimensions", once: () => analyse(plan, daily, asOf, previous) },
  { name: "JSON.parse() of the same cells, to compare", once: () => JSON.parse(text) as unknown },
]);
for (const timing of [whole, withoutSegments, reading])
  if (timing)
    console.log(
      row(timing.name, figure(timing.us / 1_000), `  ${timing === whole ? atMost(30, timing.us / 1_000) : ""}`),
    );
if (whole && reading) console.log(row("… as a share of the whole analysis", figure(timesFaster(whole, reading))));

const looks = Array.from({ length: 10 }, (_, k) => (k + 1) / 10);
const arms = Array.from({ length: 10 }, (_, i) => ({ a: 100 + i, b: 900 - i }));
const [means, sds] = [arms.map(({ a, b }) => a / (a + b)), arms.map(() => 0.01)];
const normal = normalSampler(randomOf("best of ten"));
/** As products that draw do: the share of draws in which each is the largest. */
const draws = (): number[] => {
  const wins = means.map(() => 0);
  for (let draw = 0; draw < 10_000; draw++) {
    let [best, most] = [0, -Infinity];
    for (const [i, mean] of means.entries()) {
      const value = mean + sds[i]! * normal();
      if (value > most) [best, most] = [i, value];
    }
    wins[best]! += 1;
  }
  return wins;
};

const [bounds, inflation, best, bestBeta, drawn] = time([
  { name: "bounds of 10 looks", once: () => spendingBoundaries(looks, 0.05, { spending: "obrien_fleming" }) },
  {
    name: "… with the inflation for 80 % power",
    once: () =>
      inflationFactor(
        looks,
        spendingBoundaries(looks, 0.05, { spending: "obrien_fleming" }).map(({ bound }) => bound),
        0.05,
        0.8,
      ),
  },
  { name: "P(best) of 10 normal posteriors", once: () => bestArmGaussian(means, sds) },
  { name: "P(best) of 10 Beta posteriors", once: () => bestArmBeta(arms) },
  { name: "… by 10,000 draws, to 0.01", once: draws },
]);
console.log("");
for (const [timing, goal] of [
  [bounds, 10],
  [inflation, 10],
  [best, 5],
  [bestBeta, 5],
  [drawn, undefined],
] as const)
  if (timing)
    console.log(
      row(timing.name, figure(timing.us / 1_000), goal === undefined ? "" : `  ${atMost(goal, timing.us / 1_000)}`),
    );

console.log(`\nDistributions, µs, beside jStat, which loses the tails`);
const at = (n: number): number => 0.001 + (n % 997) / 1_000;
const pairs: readonly (readonly [string, (n: number) => number, (n: number) => number])[] = [
  ["quantile of the normal", (n) => normalQuantile(at(n)), (n) => jstat.normal.inv(at(n), 0, 1)],
  ["Student's t, cdf", (n) => studentTCdf(at(n) * 4, 37.5), (n) => jstat.studentt.cdf(at(n) * 4, 37.5)],
  ["Student's t, quantile", (n) => studentTQuantile(at(n), 37.5), (n) => jstat.studentt.inv(at(n), 37.5)],
  ["quantile of Beta(120, 1080)", (n) => betaQuantile(at(n), 120, 1080), (n) => jstat.beta.inv(at(n), 120, 1080)],
];
for (const [name, ours, theirs] of pairs) {
  const [mine, other] = alternate(
    [
      { name, once: ours },
      { name: "jStat", once: theirs },
    ],
    { rounds: ROUNDS, roundMs: 25, cycle: 997 },
  );
  if (mine && other) console.log(row(name, figure(mine.us), figure(other.us), `x ${figure(timesFaster(mine, other))}`));
}

const gzipKb = async (contents: string): Promise<number> => {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL("..", import.meta.url)), loader: "ts" },
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: "es2024",
  });
  return gzipSync(outputFiles[0]?.contents ?? new Uint8Array(), { level: 9 }).length / KB;
};
const files = readdirSync(new URL("../analytics/", import.meta.url), { recursive: true, encoding: "utf8" });
const everything = files
  .filter((file) => file.endsWith(".ts"))
  .map((file, index) => `export * as part${index} from "./analytics/${file}";`);
console.log("\nSize, minified and gzip, KB");
const needed = await gzipKb(`export { analyse } from "./analytics/analyse.ts";`);
console.log(row("analyse() and all that it needs", needed.toFixed(1), `  ${atMost(25, needed, { unit: "KB" })}`));
console.log(row("every function of analytics/, by name", (await gzipKb(everything.join("\n"))).toFixed(1)));
