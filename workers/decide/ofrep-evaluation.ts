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
  /** Whether the answer is for clients that cannot read everything: see {@link plainMetadata}. */
  readonly isStrict: boolean;
}

type Outcome =
  | { readonly kind: "served"; readonly reason: "TARGETING_MATCH" | "SPLIT" | "DEFAULT" | "STATIC" | "DISABLED" }
  | { readonly kind: "failed"; readonly code: OfrepErrorCode };

/** Only reasons and codes that OpenFeature names: clients that parse them into an enum fail on others. */
const outcomes: Readonly<Record<FlagReason, Outcome>> = {
  rule: { kind: "served", reason: "TARGETING_MATCH" },
  override: { kind: "served", reason: "TARGETING_MATCH" },
  rollout: { kind: "served", reason: "SPLIT" },
  experiment: { kind: "served", reason: "SPLIT" },
  default: { kind: "served", reason: "DEFAULT" },
  holdout: { kind: "served", reason: "DEFAULT" },
  prerequisite: { kind: "served", reason: "DEFAULT" },
  static: { kind: "served", reason: "STATIC" },
  off: { kind: "served", reason: "DISABLED" },
  environment_off: { kind: "served", reason: "DISABLED" },
  unit_missing: { kind: "failed", code: "TARGETING_KEY_MISSING" },
  unknown_flag: { kind: "failed", code: "FLAG_NOT_FOUND" },
  error: { kind: "failed", code: "GENERAL" },
};

/** A decision on a flag, or on the key of one that is not there. */
export const evaluationOf = (
  key: string,
  flag: RulesetFlag | undefined,
  decision: FlagDecision,
  origin: Origin,
): Evaluation => {
  if (!flag) return notFound(key, origin);
  const outcome = outcomes[decision.reason];
  if (outcome.kind === "failed")
    return outcome.code === "FLAG_NOT_FOUND"
      ? notFound(key, origin)
      : { kind: "failure", code: outcome.code, details: detailsOf(outcome.code, flag, origin) };
  // What a flag serves while it is off is its clients' own default, unless somebody chose a value for it.
  const isOff = outcome.reason === "DISABLED" && flag.off_value === undefined;
  const isLeftToCaller = isOff || decision.value === null;
  const reason = isLeftToCaller && outcome.reason === "STATIC" ? "DEFAULT" : outcome.reason;
  // Always a name: some clients fail without one.
  const variant = isOff ? "off" : (decision.variant ?? "default");
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

const notFound = (key: string, { environment }: Origin): Evaluation => ({
  kind: "failure",
  code: "FLAG_NOT_FOUND",
  details: `flag ${key} not found in the environment ${environment}.`,
});

const detailsOf = (code: OfrepErrorCode, flag: RulesetFlag, { environment }: Origin): string => {
  if (code !== "TARGETING_KEY_MISSING")
    return `flag ${flag.key} could not be evaluated in the environment ${environment}.`;
  const unitTypes = new Set([
    flag.unit_type,
    ...flag.rules.flatMap(({ rollout }) => (rollout ? [rollout.unit_type] : [])),
  ]);
  return `flag ${flag.key} is decided by a unit that the context lacks. ${[...unitTypes].map(howToSend).join(" ")}`;
};

const howToSend = (unitType: string): string =>
  unitType === "user_id"
    ? "Send the user as targetingKey."
    : `Send the unit as the attribute ${unitType}, which is text.`;

/**
 * The flag's own metadata, and whose variant it is when an experiment decided it, so that a hook can record the exposure.
 * An overridden unit is never exposed, so nothing tells of it.
 */
const metadataOf = (flag: RulesetFlag, decision: FlagDecision, origin: Origin): FlagMetadata => {
  const own = origin.isStrict ? plainMetadata(flag.metadata) : flag.metadata;
  const { experiment_key, variant } = decision;
  if (decision.reason !== "experiment" || experiment_key === undefined || variant === null) return own;
  return {
    ...own,
    experimentKey: experiment_key,
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
  evaluation.kind === "success" ? evaluation.text : JSON.stringify(failureOf(key, evaluation.code, evaluation.details));
