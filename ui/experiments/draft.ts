import type { ExperimentType, NewExperiment } from "../../contract/experiment.ts";
import type { JsonValue } from "../../contract/json.ts";
import type { ProblemError } from "../../contract/problem.ts";
import type { NewVariant } from "../../contract/variant.ts";
import { fieldOfPath } from "../parts/field-errors.ts";
import {
  ANALYSIS_LABELS,
  type AnalysisDraft,
  analysisBody,
  analysisMistakes,
  defaultAnalysisDraft,
  mendedAnalysis,
  shownFields,
} from "./analysis-draft.ts";
import { isNumberText, numberOf } from "./number-text.ts";

/** A variant as it stands in the form: text, so that nothing typed is ever lost or changed. */
export interface VariantDraft {
  readonly name: string;
  readonly key: string;
  readonly keyTouched: boolean;
  /** Percent. */
  readonly weight: string;
  /** JSON, or nothing. */
  readonly config: string;
  /** Where a split-URL test sends the unit; empty stays on the page. */
  readonly url: string;
}

/** The two units that everyone has heard of, and any other attribute. */
export type UnitChoice = "device_id" | "user_id" | "other";

/** The form that makes an experiment. */
export interface ExperimentDraft {
  name: string;
  key: string;
  keyTouched: boolean;
  hypothesis: string;
  /** An interleaving test is made by the API; the form edits it as it does an A/B test. */
  type: ExperimentType;
  url: string;
  variants: readonly VariantDraft[];
  primary_metric: string;
  secondary_metrics: readonly string[];
  guardrail_metrics: readonly string[];
  /** Metric key → per cent, relative; empty for the default. */
  guardrail_limits: Readonly<Record<string, string>>;
  /** Attributes that the results are split by, separated by commas. */
  dimensions: string;
  analysis: AnalysisDraft;
  /** What is randomised and counted, while there is no layer to say so. */
  unit: UnitChoice;
  /** The attribute that holds the unit, for `other`. */
  other_unit: string;
  /** Empty for traffic of its own. */
  layer: string;
  /** Percent. */
  traffic: string;
  /** Separated by commas or spaces. */
  countries: string;
  platforms: string;
  audience: string;
  environments: readonly string[];
  /** Percent, relative. */
  min_detectable_effect: string;
  estimated_duration_days: string;
}

export const aVariantDraft = (name: string, weight: string): VariantDraft => ({
  name,
  key: name.toLowerCase().replaceAll(" ", "_"),
  keyTouched: false,
  weight,
  config: "",
  url: "",
});

export const emptyDraft = (): ExperimentDraft => ({
  name: "",
  key: "",
  keyTouched: false,
  hypothesis: "",
  type: "ab",
  url: "",
  variants: [aVariantDraft("Control", "50"), aVariantDraft("Treatment", "50")],
  primary_metric: "",
  secondary_metrics: [],
  guardrail_metrics: [],
  guardrail_limits: {},
  dimensions: "",
  analysis: defaultAnalysisDraft(),
  unit: "device_id",
  other_unit: "",
  layer: "",
  traffic: "100",
  countries: "",
  platforms: "",
  audience: "",
  environments: ["production"],
  min_detectable_effect: "",
  estimated_duration_days: "14",
});

/** Weights in per cent, two decimals at most, that sum to exactly 100; the first ones take what does not divide. */
export function evenWeights(count: number): string[] {
  const share = Math.floor(10_000 / count);
  const over = 10_000 - share * count;
  return Array.from({ length: count }, (_, index) => String((share + (index < over ? 1 : 0)) / 100));
}

/** The weights' sum in per cent, and whether it is the 100 that it must be. */
export function weightSum(variants: readonly Pick<VariantDraft, "weight">[]): { sum: number; ok: boolean } {
  const basisPoints = variants.reduce((sum, { weight }) => sum + Math.round((numberOf(weight) ?? 0) * 100), 0);
  return { sum: basisPoints / 100, ok: basisPoints === 10_000 };
}

/** `US, CA uk` as its parts. */
export const listOf = (text: string): string[] => text.split(/[\s,;]+/).filter((part) => part !== "");

/** `country, edge.device` as its parts; a name may have spaces in it. */
const namesOf = (text: string): string[] =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");

const parseJson = (text: string): { ok: true; value: JsonValue } | { ok: false; message: string } => {
  try {
    return { ok: true, value: JSON.parse(text) as JsonValue };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : "not JSON" };
  }
};

/** Why a payload is not JSON, or undefined when it is, or is empty. */
export function payloadMistake(config: string): string | undefined {
  if (config.trim() === "") return undefined;
  const parsed = parseJson(config);
  return parsed.ok ? undefined : `This is not JSON: ${parsed.message}`;
}

/** The unit that the draft's experiment will be counted by; `layerUnit` is that of its layer, if it has one. */
export function unitOf(
  draft: Pick<ExperimentDraft, "type" | "unit" | "other_unit">,
  layerUnit: string | undefined,
): string {
  if (layerUnit !== undefined) return layerUnit;
  if (draft.type === "split_url") return "device_id";
  return draft.unit === "other" ? draft.other_unit.trim() : draft.unit;
}

/** The limits of the guardrails that are chosen; those of others are kept, but not sent. */
const chosenLimits = ({
  guardrail_metrics,
  guardrail_limits,
}: Pick<ExperimentDraft, "guardrail_metrics" | "guardrail_limits">): [key: string, limit: string][] =>
  guardrail_metrics.flatMap((key): [string, string][] => {
    const limit = guardrail_limits[key]?.trim() ?? "";
    return limit === "" ? [] : [[key, limit]];
  });

const unless = (ok: boolean, path: string, message: string): ProblemError[] => (ok ? [] : [{ path, message }]);

/**
 * Mistakes that need no server: payloads that are not JSON, numbers that are none or out of their bounds, and what was left
 * empty or is no country code. A form has better words for them than a schema, because it knows the unit that is typed.
 */
export function draftMistakes(draft: ExperimentDraft): ProblemError[] {
  const countries = listOf(draft.countries).filter((country) => !/^[a-z]{2}$/i.test(country));
  return [
    ...(draft.name.trim() === "" ? [{ path: "name", message: "Give the experiment a name." }] : []),
    ...(draft.environments.length === 0 ? [{ path: "environments", message: "Choose at least one environment." }] : []),
    ...(countries.length === 0
      ? []
      : [
          {
            path: "targeting.countries",
            message: `Use two-letter country codes such as US; not ${countries.join(", ")}.`,
          },
        ]),
    ...draft.variants.flatMap((variant, index) => {
      const payload = draft.type !== "split_url" ? payloadMistake(variant.config) : undefined;
      return [
        ...(variant.name.trim() === ""
          ? [{ path: `variants.${index}.name`, message: "Give the variant a name." }]
          : []),
        ...unless(
          isNumberText(variant.weight, { from: 0, to: 100 }),
          `variants.${index}.weight`,
          "Use a percentage from 0 to 100.",
        ),
        ...(payload === undefined ? [] : [{ path: `variants.${index}.config`, message: payload }]),
      ];
    }),
    ...unless(
      draft.type === "split_url" ||
        draft.layer !== "" ||
        draft.unit !== "other" ||
        /^[a-z][a-z0-9_]*$/.test(unitOf(draft, undefined)),
      "unit_type",
      "Name the attribute: lower-case letters, digits and _, starting with a letter.",
    ),
    ...unless(
      isNumberText(draft.traffic, { above: 0, to: 100 }),
      "traffic",
      "Use a percentage above 0 and up to 100, such as 50 for half of the traffic.",
    ),
    ...unless(
      draft.min_detectable_effect.trim() === "" || isNumberText(draft.min_detectable_effect, { above: 0, to: 1000 }),
      "min_detectable_effect",
      "Use a percentage above 0, such as 5 for 5 %, or leave it empty.",
    ),
    ...unless(
      isNumberText(draft.estimated_duration_days, { from: 1, to: 365, whole: true }),
      "estimated_duration_days",
      "Use whole days, from 1 to 365.",
    ),
    ...chosenLimits(draft).flatMap(([key, limit]) =>
      unless(
        isNumberText(limit, { above: 0, to: 1000 }),
        `guardrail_limits.${key}`,
        "Use a percentage above 0, such as 2 for 2 %, or leave it empty.",
      ),
    ),
    ...analysisMistakes(draft.analysis),
  ];
}

function variantBody(draft: ExperimentDraft, variant: VariantDraft, index: number): NewVariant {
  const payload = parseJson(variant.config);
  const config: { config?: JsonValue } =
    draft.type === "split_url"
      ? variant.url.trim() === ""
        ? {}
        : { config: { url: variant.url.trim() } }
      : payload.ok
        ? { config: payload.value }
        : {};
  return {
    name: variant.name,
    weight: numberOf(variant.weight) ?? 0,
    is_control: index === 0,
    ...(variant.key === "" ? {} : { key: variant.key }),
    ...config,
  };
}

/** The request that a draft stands for. Optional fields that are empty are left out, so that the server's defaults hold. */
export function bodyOf(draft: ExperimentDraft): NewExperiment {
  const effect = numberOf(draft.min_detectable_effect);
  const days = numberOf(draft.estimated_duration_days);
  const [countries, platforms] = [listOf(draft.countries), listOf(draft.platforms)];
  const [limits, dimensions] = [chosenLimits(draft), namesOf(draft.dimensions)];
  const targeting = {
    ...(countries.length === 0 ? {} : { countries }),
    ...(platforms.length === 0 ? {} : { platforms }),
    ...(draft.audience === "" ? {} : { user_segment: draft.audience }),
  };
  return {
    name: draft.name,
    type: draft.type,
    variants: draft.variants.map((variant, index) => variantBody(draft, variant, index)),
    traffic: (numberOf(draft.traffic) ?? 100) / 100,
    environments: [...draft.environments],
    ...(draft.key === "" ? {} : { key: draft.key }),
    ...(draft.hypothesis.trim() === "" ? {} : { hypothesis: draft.hypothesis.trim() }),
    ...(draft.type === "split_url" && draft.url.trim() !== "" ? { url: draft.url.trim() } : {}),
    ...(draft.primary_metric === "" ? {} : { primary_metric: draft.primary_metric }),
    ...(draft.secondary_metrics.length === 0 ? {} : { secondary_metrics: [...draft.secondary_metrics] }),
    ...(draft.guardrail_metrics.length === 0 ? {} : { guardrail_metrics: [...draft.guardrail_metrics] }),
    ...(limits.length === 0
      ? {}
      : { guardrail_limits: Object.fromEntries(limits.map(([key, limit]) => [key, (numberOf(limit) ?? 0) / 100])) }),
    ...(dimensions.length === 0 ? {} : { dimensions }),
    ...(JSON.stringify(draft.analysis) === JSON.stringify(defaultAnalysisDraft())
      ? {}
      : { analysis: analysisBody(mendedAnalysis(draft.analysis)) }),
    // A layer has a unit of its own, and so has a redirect.
    ...(draft.layer === "" && draft.type !== "split_url" ? { unit_type: unitOf(draft, undefined) } : {}),
    ...(draft.layer === "" ? {} : { layer: draft.layer }),
    ...(Object.keys(targeting).length === 0 ? {} : { targeting }),
    ...(effect === undefined ? {} : { min_detectable_effect: effect / 100 }),
    ...(days === undefined ? {} : { estimated_duration_days: days }),
  };
}

const VARIANT_LABELS = { name: "name", key: "key", weight: "weight", config: "payload" } as const;

/** Paths of the request that have a control in the form, with what the control is called. */
export const draftLabels = (
  draft: Pick<ExperimentDraft, "type" | "variants" | "guardrail_metrics" | "analysis">,
): Readonly<Record<string, string>> => ({
  name: "Name",
  key: "Key",
  hypothesis: "Hypothesis",
  type: "Type",
  url: "Page",
  unit_type: "Counted by",
  variants: "Variants",
  ...Object.fromEntries(
    draft.variants.flatMap((variant, index) =>
      Object.entries(VARIANT_LABELS).map(([part, label]) => [
        `variants.${index}.${part}`,
        `${variant.name.trim() || `Variant ${index}`}, ${part === "config" && draft.type === "split_url" ? "goes to" : label}`,
      ]),
    ),
  ),
  primary_metric: "Primary metric",
  secondary_metrics: "Secondary metrics",
  guardrail_metrics: "Guardrails",
  ...Object.fromEntries(draft.guardrail_metrics.map((key) => [`guardrail_limits.${key}`, `Limit of ${key}`])),
  dimensions: "Split by",
  ...Object.fromEntries(shownFields(draft.analysis).map((field) => [`analysis.${field}`, ANALYSIS_LABELS[field]])),
  layer: "Layer",
  traffic: "Share of the traffic",
  "targeting.countries": "Countries",
  "targeting.platforms": "Platforms",
  "targeting.user_segment": "Audience",
  environments: "Environments",
  min_detectable_effect: "Smallest change worth finding",
  estimated_duration_days: "Length",
});

/** What the form and the server found, together; where both speak of one field, the form's words are the better ones. */
export function allMistakes(
  local: readonly ProblemError[],
  server: readonly ProblemError[],
  fields: readonly string[],
): ProblemError[] {
  const known = new Set(local.map(({ path }) => fieldOfPath(path, fields)));
  return [...local, ...server.filter(({ path }) => !known.has(fieldOfPath(path, fields) ?? ""))];
}

/**
 * A draft with its known mistakes taken out, so that the server looks past them and finds what else is wrong in the same
 * round. For a dry run only.
 */
export function withoutMistakes(draft: ExperimentDraft, mistakes: readonly ProblemError[]): ExperimentDraft {
  const wrong = new Set(mistakes.map(({ path }) => path));
  const good = emptyDraft();
  return {
    ...draft,
    ...(wrong.has("name") ? { name: "Unnamed" } : {}),
    ...(wrong.has("environments") ? { environments: good.environments } : {}),
    ...(wrong.has("targeting.countries") ? { countries: "" } : {}),
    ...(wrong.has("unit_type") ? { unit: good.unit } : {}),
    ...(wrong.has("traffic") ? { traffic: good.traffic } : {}),
    ...(wrong.has("min_detectable_effect") ? { min_detectable_effect: "" } : {}),
    ...(wrong.has("estimated_duration_days") ? { estimated_duration_days: good.estimated_duration_days } : {}),
    analysis: mendedAnalysis(draft.analysis),
    guardrail_limits: Object.fromEntries(
      Object.entries(draft.guardrail_limits).filter(([key]) => !wrong.has(`guardrail_limits.${key}`)),
    ),
    variants: draft.variants.map((variant, index) =>
      wrong.has(`variants.${index}.name`) ? { ...variant, name: `Variant ${index}` } : variant,
    ),
  };
}
