import type { Ruleset } from "../../contract/ruleset.ts";
import { experiments } from "../peers/experiments.ts";
import { flagd } from "../peers/flagd.ts";
import { growthbook } from "../peers/growthbook.ts";
import { type Ours, ours } from "../peers/ours.ts";
import type { Peer } from "../peers/peer.ts";
import { unleash } from "../peers/unleash.ts";
import type { User } from "./a-large-ruleset.ts";
import { type Timing, timesFaster } from "./alternate.ts";
import { figure, row } from "./goal.ts";

export const ROUNDS = 7;
export const ROUND_MS = 25;

/** Edgeworth first, then the peers, GrowthBook last. */
export const evaluatorsOf = async (ruleset: Ruleset, users: readonly User[]): Promise<readonly [Ours, ...Peer[]]> => [
  ours(ruleset, users),
  await experiments(ruleset, users),
  await flagd(ruleset, users),
  await unleash(ruleset, users),
  await growthbook(ruleset, users),
];

export const others = (timings: readonly Timing[]): readonly Timing[] => timings.slice(1);

/** The first row with what it should come to, the others with how much longer they take. */
export const printAgainst = (timings: readonly Timing[], goals: (us: Timing) => string): void => {
  const [us] = timings;
  if (!us) return;
  console.log(row(us.name, figure(us.us), goals(us)));
  for (const other of others(timings))
    console.log(row(other.name, figure(other.us), `x ${figure(timesFaster(us, other))}`));
};

export const kindOf = (predicates: 30 | "distinct"): string =>
  predicates === "distinct" ? "all predicates distinct" : `${predicates} distinct predicates`;
