/**
 * One decision in process, beside four other evaluators that have the same experiments and the same users:
 *
 *     node --expose-gc bench/evaluate-one.ts
 *
 * In a process of its own, because what was evaluated before changes what the compiler makes of it, for everyone.
 */
import type { Ruleset } from "../contract/ruleset.ts";
import { aLargeRuleset, users } from "./harness/a-large-ruleset.ts";
import { ROUNDS, ROUND_MS, evaluatorsOf, others, printAgainst } from "./harness/against.ts";
import { alternate, fastest, lastResult, timesFaster } from "./harness/alternate.ts";
import { collectGarbage } from "./harness/collect-garbage.ts";
import { atLeast } from "./harness/goal.ts";
import { ours } from "./peers/ours.ts";

const ONE_USERS = users(1_000);

/** Calls after which each way of asking begins anew. */
const ONE_CYCLE = 10_000;

/** The first experiment that about a third of the users get, as they get a third of all: one that few get asks for no hash. */
const anExperimentOfAThird = (ruleset: Ruleset): number => {
  const evaluator = ours(ruleset, ONE_USERS);
  return ruleset.experiments.findIndex((_, experiment) => {
    const share = ONE_USERS.filter((_user, user) => evaluator.one(user, experiment).variant_key !== null).length;
    return Math.abs(share / ONE_USERS.length - 1 / 3) < 0.03;
  });
};

const evaluateOne = async (count: number): Promise<void> => {
  const ruleset = aLargeRuleset({ experiments: count, predicates: 30 });
  const evaluators = await evaluatorsOf(ruleset, ONE_USERS);
  const asked = anExperimentOfAThird(ruleset);
  const ways: readonly (readonly [
    title: string,
    userOf: (n: number) => number,
    experimentOf: (n: number) => number,
  ])[] = [
    ["one experiment asked about for user after user", (n) => n, () => asked],
    ["one user asking about experiment after experiment", (n) => Math.floor(n / 100) % 100, (n) => n * 7],
    ["another user and experiment each time", (n) => n, (n) => n * 7],
  ];
  for (const [title, userOf, experimentOf] of ways) {
    collectGarbage();
    const timings = alternate(
      evaluators.map((evaluator) => ({
        name: evaluator.name,
        once: (n) => evaluator.one(userOf(n), experimentOf(n)),
      })),
      { rounds: ROUNDS, roundMs: ROUND_MS, cycle: ONE_CYCLE },
    );
    console.log(`\nOne of ${count} experiments, ${title} · µs`);
    printAgainst(timings, (us) => `  fastest peer: ${atLeast(4, timesFaster(us, fastest(others(timings))))}`);
  }
};

for (const count of [1_000, 10_000]) await evaluateOne(count);
if (lastResult() === undefined) throw new Error("Nothing was evaluated.");
