import type { DecisionReason } from "../contract/decision.ts";

/** A decision on an experiment in one number: `variant * 16 + reason`, so that deciding thousands makes no objects. */
export type Outcome = number;

/** The first three carry a variant. */
const REASONS = [
  "assigned",
  "sticky",
  "override",
  "environment_off",
  "not_running",
  "outside_dates",
  "unit_missing",
  "holdout",
  "outside_slot",
  "targeting",
  "prerequisite",
  "error",
] as const satisfies readonly DecisionReason[];

export const outcomeOf = (reason: (typeof REASONS)[number], variant = 0): Outcome =>
  variant * 16 + REASONS.indexOf(reason);

export const ASSIGNED: Outcome = outcomeOf("assigned");
export const STICKY: Outcome = outcomeOf("sticky");
export const OVERRIDE: Outcome = outcomeOf("override");
export const ENVIRONMENT_OFF: Outcome = outcomeOf("environment_off");
export const NOT_RUNNING: Outcome = outcomeOf("not_running");
export const OUTSIDE_DATES: Outcome = outcomeOf("outside_dates");
export const UNIT_MISSING: Outcome = outcomeOf("unit_missing");
export const HOLDOUT: Outcome = outcomeOf("holdout");
export const OUTSIDE_SLOT: Outcome = outcomeOf("outside_slot");
export const TARGETING: Outcome = outcomeOf("targeting");
export const PREREQUISITE: Outcome = outcomeOf("prerequisite");
export const ERROR: Outcome = outcomeOf("error");

/** The outcome with a variant; `reason` is one of the three that carry one. */
export const withVariant = (reason: Outcome, variant: number): Outcome => variant * 16 + reason;

export const carriesVariant = (outcome: Outcome): boolean => (outcome & 15) <= OVERRIDE;

export const variantOf = (outcome: Outcome): number => outcome >>> 4;

export const reasonOf = (outcome: Outcome): DecisionReason => REASONS[outcome & 15] ?? "error";
