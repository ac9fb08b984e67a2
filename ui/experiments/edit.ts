import type { Experiment, ExperimentChange, NewExperiment } from "../../contract/experiment.ts";
import type { Rule } from "../../contract/targeting.ts";
import { controlFirst } from "../charts/variant-mark.ts";
import { analysisBody, analysisDraftOf, defaultAnalysisDraft } from "./analysis-draft.ts";
import { bodyOf, type ExperimentDraft, type UnitChoice } from "./draft.ts";

/** An experiment's layer is its own, not one to share, when its key has a slash. */
export const isOwnLayer = (key: string): boolean => key.includes("/");

/** Targeting as the form's three fields; undefined when the rules say more than these can. */
export function targetingFields(
  rules: readonly Rule[],
): Pick<ExperimentDraft, "countries" | "platforms" | "audience"> | undefined {
  const fields = { countries: "", platforms: "", audience: "" };
  if (rules.length > 1) return undefined;
  for (const condition of rules[0]?.conditions ?? []) {
    if (!("operator" in condition)) return undefined;
    const field =
      condition.operator === "in_audience"
        ? "audience"
        : condition.operator !== "in"
          ? undefined
          : condition.attribute === "country"
            ? "countries"
            : condition.attribute === "platform"
              ? "platforms"
              : undefined;
    if (field === undefined || fields[field] !== "" || !("value" in condition)) return undefined;
    fields[field] = Array.isArray(condition.value) ? condition.value.join(", ") : String(condition.value);
  }
  return fields;
}

const unitFields = (unit: string): { unit: UnitChoice; other_unit: string } =>
  unit === "device_id" || unit === "user_id" ? { unit, other_unit: "" } : { unit: "other", other_unit: unit };

/** A number as it would be typed: 0.07 as per cent is `7`, not `7.000000000000001`. */
const percentText = (share: number): string => String(Number((share * 100).toFixed(4)));

const targetOf = (config: unknown): string =>
  typeof config === "object" && config !== null && "url" in config && typeof config.url === "string" ? config.url : "";

/** The form as it would have been filled in to make the experiment. */
export const draftOf = (experiment: Experiment): ExperimentDraft => ({
  name: experiment.name,
  key: experiment.key,
  keyTouched: true,
  hypothesis: experiment.hypothesis,
  type: experiment.type,
  url: experiment.url ?? "",
  variants: controlFirst(experiment.variants).map(({ name, key, weight_bp, config }) => ({
    name,
    key,
    keyTouched: true,
    weight: String(weight_bp / 100),
    config: config === null || experiment.type === "split_url" ? "" : JSON.stringify(config, null, 2),
    url: experiment.type === "split_url" ? targetOf(config) : "",
  })),
  primary_metric: experiment.primary_metric ?? "",
  secondary_metrics: [...experiment.secondary_metrics],
  guardrail_metrics: [...experiment.guardrail_metrics],
  guardrail_limits: Object.fromEntries(
    Object.entries(experiment.guardrail_limits).map(([key, limit]) => [key, percentText(limit)]),
  ),
  dimensions: experiment.dimensions.join(", "),
  analysis: analysisDraftOf(experiment.analysis),
  ...unitFields(experiment.unit_type),
  layer: isOwnLayer(experiment.layer.key) ? "" : experiment.layer.key,
  traffic: percentText(experiment.traffic),
  ...(targetingFields(experiment.targeting.rules) ?? { countries: "", platforms: "", audience: "" }),
  environments: [...experiment.environments],
  min_detectable_effect: experiment.min_detectable_effect === null ? "" : percentText(experiment.min_detectable_effect),
  estimated_duration_days: String(experiment.estimated_duration_days),
});

/** What a change says of a field that was emptied. */
const EMPTIED: ExperimentChange = {
  hypothesis: "",
  primary_metric: null,
  secondary_metrics: [],
  guardrail_metrics: [],
  guardrail_limits: {},
  dimensions: [],
  analysis: analysisBody(defaultAnalysisDraft()),
  targeting: {},
  layer: null,
  min_detectable_effect: null,
};

/** Only what is not as it was, so that a change never touches what its author did not. Key and type are fixed. */
export function changeBetween(before: ExperimentDraft, after: ExperimentDraft): ExperimentChange {
  const [was, is] = [bodyOf(before), bodyOf(after)];
  const { key: _, type: __, ...fields } = { ...EMPTIED, ...is };
  return Object.fromEntries(
    Object.entries(fields).filter(([field, value]) => {
      const old: unknown = was[field as keyof NewExperiment] ?? EMPTIED[field as keyof ExperimentChange];
      return JSON.stringify(old) !== JSON.stringify(value);
    }),
  ) as ExperimentChange;
}
