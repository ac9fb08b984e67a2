import type { FlagDecision, FlagReason } from "../../contract/decision.ts";
import type { FlagMetadata } from "../../contract/flag.ts";
import type { RulesetFlag } from "../../contract/ruleset.ts";
import { type OfrepErrorCode, failureOf } from "./ofrep-error.ts";
import { typedJson } from "./ofrep-json.ts";

/** What a flag came out as, as OFREP says it. */
export type Evaluation =
  /** `text` is the JSON of the flag's item. */
  | { readonly kind: "success"; readonly text: string }
  | { readonly kind: "failure"; readonly code: OfrepErrorCode; readonly details: string };

/** Where a decision was made, for the metadata of a flag that an experiment hangs on. */
export interface Origin {
  readonly environment: string;
  readonly version: number;
  /** The id of the experiment of that key. */
  readonly experimentId: (key: string) => string | undefined;
  /** Whether metadata may hold numbers that are not whole: see {@link plainMetadata}. */
  readonly fractions: boolean;
}

type Outcome =
  | { readonly kind: "served"; readonly reason: "TARGETING_MATCH" | "SPLIT" | "DEFAULT" | "STATIC" | "DISABLED" }
  | { readonly kind: "failed"; readonly code: OfrepErrorCode };

/** Only reasons that OpenFeature names: clients that parse them into an enum fail on others. */
const outcomeOf = (reason: FlagReason): Outcome => {
  switch (reason) {
    case "rule":
    case "override":
      return { kind: "served", reason: "TARGETING_MATCH" };
    case "rollout":
    case "experiment":
      return { kind: "served", reason: "SPLIT" };
    case "default":
    case "holdout":
    case "prerequisite":
      return { kind: "served", reason: "DEFAULT" };
    case "static":
      return { kind: "served", reason: "STATIC" };
    case "off":
    case "environment_off":
      return { kind: "served", reason: "DISABLED" };
    case "unit_missing":
      return { kind: "failed", code: "TARGETING_KEY_MISSING" };
    case "unknown_flag":
      return { kind: "failed", code: "FLAG_NOT_FOUND" };
    case "error":
      return { kind: "failed", code: "GENERAL" };
  }
};

/** A decision on a flag, or on the key of one that is not there. */
export const evaluationOf = (
  key: string,
  flag: RulesetFlag | undefined,
  decision: FlagDecision,
  origin: Origin,
): Evaluation => {
  const outcome = outcomeOf(flag ? decision.reason : "unknown_flag");
  if (outcome.kind === "failed" || !flag)
    return outcome.kind === "failed"
      ? { kind: "failure", code: outcome.code, details: detailsOf(outcome.code, key, flag, origin) }
      : { kind: "failure", code: "FLAG_NOT_FOUND", details: detailsOf("FLAG_NOT_FOUND", key, flag, origin) };
  // What a flag serves while it is off is its clients' own default, unless somebody chose a value for it.
  const isLeftToCaller =
    decision.value === null || (outcome.reason === "DISABLED" && flag.off_value === undefined);
  const reason = isLeftToCaller && outcome.reason === "STATIC" ? "DEFAULT" : outcome.reason;
  const fallback = reason === "DISABLED" ? "off" : "default";
  const variant = isLeftToCaller ? fallback : (decision.variant ?? fallback);
  const metadata = metadataOf(flag, decision, origin);
  const fields = [
    `"key":${JSON.stringify(key)}`,
    ...(isLeftToCaller ? [] : [`"value":${typedJson(decision.value, flag.type)}`]),
    `"reason":"${reason}"`,
    `"variant":${JSON.stringify(variant)}`,
    ...(Object.keys(metadata).length === 0 ? [] : [`"metadata":${JSON.stringify(metadata)}`]),
  ];
  return { kind: "success", text: `{${fields.join(",")}}` };
};

const detailsOf = (
  code: OfrepErrorCode,
  key: string,
  flag: RulesetFlag | undefined,
  { environment }: Origin,
): string => {
  switch (code) {
    case "FLAG_NOT_FOUND":
      return `flag ${key} not found in the environment ${environment}.`;
    case "TARGETING_KEY_MISSING":
      return `flag ${key} is decided by a unit that the context does not have. ${[...unitTypes(flag)].map(howToSend).join(" ")}`;
    default:
      return `flag ${key} could not be evaluated in the environment ${environment}.`;
  }
};

const unitTypes = (flag: RulesetFlag | undefined): ReadonlySet<string> =>
  new Set(flag ? [flag.unit_type, ...flag.rules.flatMap(({ rollout }) => (rollout ? [rollout.unit_type] : []))] : []);

const howToSend = (unitType: string): string =>
  unitType === "user_id"
    ? "Send the user as targetingKey."
    : `Send the unit as the attribute ${unitType}, which is text.`;

/**
 * The flag's own metadata, and whose variant it is when an experiment decided it, so that a hook can record the exposure.
 * An overridden unit is never exposed, so nothing tells of it.
 */
const metadataOf = (flag: RulesetFlag, decision: FlagDecision, origin: Origin): FlagMetadata => {
  const own = origin.fractions ? flag.metadata : plainMetadata(flag.metadata);
  const { experiment_key, variant } = decision;
  if (decision.reason !== "experiment" || experiment_key === undefined || variant === null) return own;
  const id = origin.experimentId(experiment_key);
  return {
    ...own,
    experimentKey: experiment_key,
    ...(id === undefined ? {} : { experimentId: id }),
    variantKey: variant,
    configVersion: origin.version,
  };
};

/** Numbers that are not whole as text: strict clients (Kotlin) cannot read one, and drop the whole bulk answer for it. */
const plainMetadata = (metadata: FlagMetadata): FlagMetadata =>
  Object.fromEntries(
    Object.entries(metadata).map(([name, value]) => [
      name,
      typeof value === "number" && !Number.isInteger(value) ? String(value) : value,
    ]),
  );

/** The item of a flag in a bulk answer. */
export const itemText = (key: string, evaluation: Evaluation): string =>
  evaluation.kind === "success"
    ? evaluation.text
    : JSON.stringify(failureOf(key, evaluation.code, evaluation.details));
