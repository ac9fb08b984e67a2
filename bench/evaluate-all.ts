/**
 * All experiments for one user in process, beside four other evaluators that have the same experiments and the same users:
 *
 *     node --expose-gc bench/evaluate-all.ts
 *
 * µs of CPU, medians of alternating rounds; ratios are medians of the ratios of each round. Two variants,
 * `country in [5 of 30] and plan eq …` for each experiment, about a third of them matching. All evaluators must agree on how many
 * match before anything is timed.
 */
import { type User, aLargeRuleset, users } from "./harness/a-large-ruleset.ts";
import { ROUNDS, ROUND_MS, evaluatorsOf, kindOf, others, printAgainst } from "./harness/against.ts";
import { alternate, fastest, lastResult, timesFaster } from "./harness/alternate.ts";
import { collectGarbage } from "./harness/collect-garbage.ts";
import { atLeast, figure, row } from "./harness/goal.ts";
import { withEverything } from "./harness/with-everything.ts";
import { ours } from "./peers/ours.ts";
import type { Peer } from "./peers/peer.ts";

const ALL_USERS = users(32);

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

const FASTEST_GOALS: Readonly<Record<number, number>> = { 1_000: 20, 10_000: 40 };

const evaluateAll = async (count: number, predicates: 30 | "distinct"): Promise<void> => {
  const ruleset = aLargeRuleset({ experiments: count, predicates });
  const evaluators = await evaluatorsOf(ruleset, ALL_USERS);
  const [plain] = evaluators;
  const matching = checkAgreement(evaluators, ALL_USERS);
  collectGarbage();
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

for (const predicates of [30, "distinct"] as const)
  for (const count of [100, 1_000, 10_000]) await evaluateAll(count, predicates);
for (const predicates of [30, "distinct"] as const) evaluateAllOfOurs(100_000, predicates);
if (lastResult() === undefined) throw new Error("Nothing was evaluated.");
