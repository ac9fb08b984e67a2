import { candidatesOf } from "./candidates.ts";
import { FEWEST_UNITS, shortageOf } from "./enough-data.ts";
import { findingsOf } from "./findings.ts";
import { primaryOf } from "./primary.ts";
import { scheduleOf } from "./schedule.ts";
import type { Situation } from "./situation.ts";
import { sumOf } from "./sum.ts";
import { count } from "./wording.ts";

/** What a variant still lacks for any interval to be relied on, in words; nothing of one that is to get nobody. */
const lackOf = (
  { plan, amounts }: Situation,
  { name, exposures, expected_share, is_control }: Situation["variants"][number],
  index: number,
): string | undefined => {
  const primary = primaryOf(plan);
  const amount = amounts[index];
  const shortage =
    primary && amount
      ? shortageOf(primary, amount)
      : exposures < FEWEST_UNITS && { of: "units", has: exposures, needs: FEWEST_UNITS };
  if (!shortage || (expected_share === 0 && !is_control)) return undefined;
  const of = shortage.of.replace("an event", primary?.name ?? "");
  return `“${name}” has ${count(shortage.has)} of at least ${count(shortage.needs)} ${of}.`;
};

/** A situation, and what follows from it: all that a verdict is chosen by and made from. */
export const factsOf = (situation: Situation) => {
  const variants = situation.variants.map((variant, index) => ({
    ...variant,
    /** In quotes. */
    name: `“${variant.name}”`,
    lack: lackOf(situation, variant, index),
  }));
  const findings = findingsOf(situation, variants);
  const candidates = candidatesOf(variants, findings);
  return {
    ...situation.plan,
    ...situation.health,
    ...situation,
    ...scheduleOf(situation),
    variants,
    /** Units in all of them. */
    exposed: sumOf(variants, ({ exposures }) => exposures),
    primary: primaryOf(situation.plan),
    findings,
    candidates,
    /** The candidate, where there is no other. */
    only: candidates.length === 1 ? candidates[0] : undefined,
  };
};

export type Facts = ReturnType<typeof factsOf>;
