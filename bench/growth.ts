/** Does a decision cost more when there are experiments that cannot match? `node --expose-gc bench/growth.ts` */
import { aLargeRuleset, users } from "./harness/a-large-ruleset.ts";
import { ROUNDS, ROUND_MS } from "./harness/against.ts";
import { alternate, lastResult } from "./harness/alternate.ts";
import { collectGarbage } from "./harness/collect-garbage.ts";
import { atMost, figure, row } from "./harness/goal.ts";
import { ours } from "./peers/ours.ts";

const ALL_USERS = users(32);

/** 100 experiments can match the users, and it is one of them that is asked for. All others are for countries that nobody is in. */
const growth = (predicates: 30 | "distinct"): void => {
  console.log(
    `\nOne, and all, of so many experiments of which 100 can match, ${predicates === "distinct" ? "all predicates distinct" : `${predicates} and ${predicates} predicates`} · µs`,
  );
  console.log(row("experiments", "one", "beside 100", "all", "beside 100", "all as text", "beside 100"));
  const first: number[] = [];
  for (const count of [100, 1_000, 10_000, 100_000]) {
    const evaluator = ours(aLargeRuleset({ experiments: count, predicates, canMatch: 100 }), ALL_USERS);
    // What was made on the way would be collected while the first are timed, the more the larger the ruleset.
    collectGarbage();
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

for (const predicates of [30, "distinct"] as const) growth(predicates);
if (lastResult() === undefined) throw new Error("Nothing was evaluated.");
