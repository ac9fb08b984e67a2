/**
 * Evaluating in process, beside four other evaluators that have the same experiments and the same users:
 *
 *     node bench/evaluate.ts
 *
 * µs of CPU, medians of alternating rounds; ratios are medians of the ratios of each round. Two variants,
 * `country in [5 of 30] and plan eq …` for each experiment, about a third of them matching. All evaluators must agree on how many
 * match before anything is timed.
 */
import murmurhash from "murmurhash";
import { bucketOf } from "../core/bucket.ts";
import { type User, aLargeRuleset, users } from "./harness/a-large-ruleset.ts";
import { type Timing, alternate, fastest, lastResult, timesFaster } from "./harness/alternate.ts";
import { atLeast, atMost, figure, row } from "./harness/goal.ts";
import { withEverything } from "./harness/with-everything.ts";
import { experiments } from "./peers/experiments.ts";
import { flagd } from "./peers/flagd.ts";
import { growthbook } from "./peers/growthbook.ts";
import { ours } from "./peers/ours.ts";
import type { Peer } from "./peers/peer.ts";
import { unleash } from "./peers/unleash.ts";

const ROUNDS = 7;
const ROUND_MS = 25;
const ALL_USERS = users(32);
const ONE_USERS = users(1_000);

const checkAgreement = (evaluators: readonly Peer[], of: readonly User[]): number => {
  let sum = 0;
  for (const user of of.keys()) {
    const counts = evaluators.map((evaluator) => evaluator.matches(user));
    if (new Set(counts).size !== 1)
      throw new Error(
        `They disagree on ${of[user]?.id}: ${evaluators.map(({ name }, n) => `${name} ${counts[n]}`).join(", ")}.`,
      );
    sum += counts[0] ?? 0;
  }
  return sum / of.length;
};

const others = (timings: readonly Timing[]): readonly Timing[] => timings.slice(1);

const printAgainst = (timings: readonly Timing[], goals: (us: Timing) => string): void => {
  const [us] = timings;
  if (!us) return;
  console.log(row(us.name, figure(us.us), goals(us)));
  for (const other of others(timings))
    console.log(row(other.name, figure(other.us), `x ${figure(timesFaster(us, other))}`));
};

const kindOf = (predicates: 30 | "distinct"): string =>
  predicates === "distinct" ? "all predicates distinct" : `${predicates} distinct predicates`;

const FASTEST_GOALS: Readonly<Record<number, number>> = { 1_000: 20, 10_000: 40 };

const evaluateAll = async (count: number, predicates: 30 | "distinct"): Promise<void> => {
  const ruleset = aLargeRuleset({ experiments: count, predicates });
  const plain = ours(ruleset, ALL_USERS);
  const evaluators = [
    plain,
    await experiments(ruleset, ALL_USERS),
    await flagd(ruleset, ALL_USERS),
    await unleash(ruleset, ALL_USERS),
    await growthbook(ruleset, ALL_USERS),
  ];
  const matching = checkAgreement(evaluators, ALL_USERS);
  const timings = alternate(
    evaluators.map((evaluator) => ({ name: evaluator.name, once: (n) => evaluator.all(n) })),
    { rounds: ROUNDS, roundMs: ROUND_MS, cycle: ALL_USERS.length },
  );
  console.log(
    `\nAll of ${count} experiments for one user, ${kindOf(predicates)}, ${((100 * matching) / count).toFixed(0)} % match · µs`,
  );
  printAgainst(timings, (us) => {
    const goal = FASTEST_GOALS[count];
    const besideFastest = timesFaster(us, fastest(others(timings)));
    const besideGrowthbook = timesFaster(us, timings.at(-1) ?? us);
    return [
      `  fastest peer: ${goal === undefined ? `x ${figure(besideFastest)}` : atLeast(goal, besideFastest)}`,
      `GrowthBook: ${goal === undefined ? `x ${figure(besideGrowthbook)}` : atLeast(100, besideGrowthbook)}`,
    ].join(" · ");
  });

  const full = ours(withEverything(ruleset), ALL_USERS);
  const extra = alternate(
    [
      { name: "edgeworth", once: (n) => plain.all(n) },
      { name: "  as JSON text", once: (n) => plain.allText(n) },
      { name: "  with holdout, overrides, dates, prerequisites", once: (n) => full.all(n) },
    ],
    { rounds: ROUNDS, roundMs: ROUND_MS, cycle: ALL_USERS.length },
  );
  for (const timing of others(extra)) console.log(row(timing.name, figure(timing.us)));
};

/** No peer is asked for so many. */
const evaluateAllOfOurs = (count: number, predicates: 30 | "distinct"): void => {
  const evaluator = ours(aLargeRuleset({ experiments: count, predicates }), ALL_USERS);
  const [us] = alternate([{ name: "edgeworth", once: (n) => evaluator.all(n) }], {
    rounds: ROUNDS,
    roundMs: ROUND_MS,
    cycle: ALL_USERS.length,
  });
  const matching = ALL_USERS.reduce((sum, _, user) => sum + evaluator.matches(user), 0) / ALL_USERS.length;
  const share = `${((100 * matching) / count).toFixed(0)} % match`;
  console.log(`\nAll of ${count} experiments for one user, ${kindOf(predicates)}, ${share} · µs`);
  if (us) console.log(row(us.name, figure(us.us)));
};

const evaluateOne = async (count: number): Promise<void> => {
  const ruleset = aLargeRuleset({ experiments: count, predicates: 30 });
  const evaluators = [
    ours(ruleset, ONE_USERS),
    await experiments(ruleset, ONE_USERS),
    await flagd(ruleset, ONE_USERS),
    await unleash(ruleset, ONE_USERS),
    await growthbook(ruleset, ONE_USERS),
  ];
  const ways: readonly (readonly [
    title: string,
    userOf: (n: number) => number,
    experimentOf: (n: number) => number,
  ])[] = [
    ["one experiment asked about for user after user", (n) => n, () => 7],
    ["one user asking about experiment after experiment", (n) => Math.floor(n / 100), (n) => n * 7],
    ["another user and experiment each time", (n) => n, (n) => n * 7],
  ];
  for (const [title, userOf, experimentOf] of ways) {
    const timings = alternate(
      evaluators.map((evaluator) => ({
        name: evaluator.name,
        once: (n) => evaluator.one(userOf(n), experimentOf(n)),
      })),
      { rounds: ROUNDS, roundMs: ROUND_MS, cycle: Math.max(count, ONE_USERS.length) },
    );
    console.log(`\nOne of ${count} experiments, ${title} · µs`);
    printAgainst(timings, (us) => `  fastest peer: ${atLeast(4, timesFaster(us, fastest(others(timings))))}`);
  }
};

const npmBucketOf = (unit: string, salt: string): number => murmurhash.v3(`${unit}:${salt}`) % 10_000;

const buckets = (kind: string, units: readonly string[]): void => {
  const salts = aLargeRuleset({ experiments: 100, predicates: 1 }).experiments.map(({ salt }) => salt);
  const each = units.length * salts.length;
  const unitByUnit = (hash: (unit: string, salt: string) => number) => (): number => {
    let sum = 0;
    for (const unit of units) for (const salt of salts) sum += hash(unit, salt);
    return sum;
  };
  const saltBySalt = (hash: (unit: string, salt: string) => number) => (): number => {
    let sum = 0;
    for (const salt of salts) for (const unit of units) sum += hash(unit, salt);
    return sum;
  };
  if (unitByUnit(npmBucketOf)() !== unitByUnit(bucketOf)()) throw new Error("bucketOf is not MurmurHash3.");
  console.log(`\nBucket of ${kind} · ns`);
  for (const [order, loop] of [
    ["a unit's salts in turn", unitByUnit],
    ["another unit each time", saltBySalt],
  ] as const) {
    const [us, them] = alternate(
      [
        { name: `bucketOf, ${order}`, once: loop(bucketOf) },
        { name: `npm murmurhash, ${order}`, once: loop(npmBucketOf) },
      ],
      { rounds: 11, roundMs: ROUND_MS, cycle: 1 },
    );
    if (!us || !them) continue;
    console.log(row(us.name, figure((1_000 * us.us) / each), `  ${atLeast(20, timesFaster(us, them))}`));
    console.log(row(them.name, figure((1_000 * them.us) / each)));
  }
};

/** 100 experiments can match the users, and it is one of them that is asked for. All others are for countries that nobody is in. */
const growth = (predicates: 30 | "distinct"): void => {
  console.log(
    `\nOne, and all, of so many experiments of which 100 can match, ${predicates === "distinct" ? "all predicates distinct" : `${predicates} and ${predicates} predicates`} · µs`,
  );
  console.log(row("experiments", "one", "beside 100", "all", "beside 100", "all as text", "beside 100"));
  const first: number[] = [];
  for (const count of [100, 1_000, 10_000, 100_000]) {
    const evaluator = ours(aLargeRuleset({ experiments: count, predicates, canMatch: 100 }), ALL_USERS);
    const [one, all, text] = alternate(
      [
        { name: "one", once: (n) => evaluator.one(n, (n % 100) * (count / 100)) },
        { name: "all", once: (n) => evaluator.all(n) },
        { name: "text", once: (n) => evaluator.allText(n) },
      ],
      { rounds: ROUNDS, roundMs: ROUND_MS, cycle: 25 * ALL_USERS.length },
    ).map(({ us }) => us);
    const figures = [one ?? Number.NaN, all ?? Number.NaN, text ?? Number.NaN];
    if (first.length === 0) first.push(...figures);
    const ratios = figures.map((us, index) => us / (first[index] ?? us));
    console.log(
      row(
        String(count),
        ...figures.flatMap((us, index) => [figure(us), `x ${figure(ratios[index] ?? Number.NaN)}`]),
        count === 100_000
          ? `  one: ${atMost(1.5, ratios[0] ?? Number.NaN)} · all: ${atMost(1.5, ratios[1] ?? Number.NaN)}`
          : "",
      ),
    );
  }
};

for (const predicates of [30, "distinct"] as const)
  for (const count of [100, 1_000, 10_000]) await evaluateAll(count, predicates);
for (const predicates of [30, "distinct"] as const) evaluateAllOfOurs(100_000, predicates);
for (const count of [1_000, 10_000]) await evaluateOne(count);
buckets(
  "22 bytes (user-12345678:abcdefgh)",
  users(100).map(({ id }) => id),
);
buckets(
  "45 bytes (a UUID as the unit)",
  users(100).map(({ id }) => `3f6f3f0e-5f0b-4a55-9d0f-${id.slice(5)}2d11`),
);
for (const predicates of [30, "distinct"] as const) growth(predicates);
if (lastResult() === undefined) throw new Error("Nothing was evaluated.");
