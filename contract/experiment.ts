import { z } from "zod";
import { AnalysisSettings, NewAnalysisSettings } from "./analysis-settings.ts";
import { EnvironmentKey, Instant, Key, Name, Reference, UnitType } from "./key.ts";
import { Slot } from "./layer.ts";
import { Factors } from "./factor.ts";
import { pageQuery, pageQueryOf } from "./page.ts";
import { Prerequisites } from "./prerequisite.ts";
import { Rules } from "./targeting.ts";
import { NewVariant, Percent, Variant } from "./variant.ts";

export const ExperimentStatus = z.enum(["draft", "running", "paused", "completed", "archived"]);
export type ExperimentStatus = z.infer<typeof ExperimentStatus>;

export const ExperimentType = z.enum(["ab", "split_url", "interleaving"]);
export type ExperimentType = z.infer<typeof ExperimentType>;

/** Targeting as people write it: rules, and shorthand that is AND-ed to each of them. */
export const NewTargeting = z.strictObject({
  rules: Rules.optional(),
  countries: z.array(z.string().length(2).toUpperCase()).min(1).max(250).optional(),
  platforms: z.array(z.string().min(1).max(60)).min(1).max(50).optional(),
  user_segment: Reference.optional(),
});
export type NewTargeting = z.infer<typeof NewTargeting>;

export const MAX_VARIANTS = 64;

export const Switchback = z.strictObject({
  window_minutes: z.number().int().min(1).max(10_080),
  /** Events of so many minutes after a window began still tell of the side before, and are not counted. */
  burn_in_minutes: z.number().int().min(1).max(10_079).optional(),
});
export type Switchback = z.infer<typeof Switchback>;

export const MAX_DIMENSIONS = 8;

const share = z.number().gt(0).max(1);

/** A page of the customer's site: a path such as `/shop/landing`, or an absolute http(s) URL. */
export const PageUrl = z
  .string()
  .min(1)
  .max(2000)
  .regex(/^(\/(?!\/)|https?:\/\/[^/]+)/, "Use a path that begins with / or an http(s) URL.");

const weightsSumTo100 = (variants: readonly { weight: number }[]): boolean =>
  variants.reduce((sum, { weight }) => sum + Math.round(weight * 100), 0) === 10_000;

/** The fields a person chooses for an experiment, before defaults. */
const experimentFields = {
  name: Name,
  hypothesis: z.string().max(5000).optional(),
  owner: z.string().max(200).optional(),
  environments: z.array(Reference).min(1).max(20).optional(),
  unit_type: UnitType.optional(),
  layer: Reference.optional(),
  /** Share of the layer to take from its free buckets, lowest first. */
  traffic: share.optional(),
  /** Exact buckets instead of a share. */
  slots: z.array(Slot).min(1).max(100).optional(),
  /** The page that a split-URL test redirects; each variant's `config.url` says where to. */
  url: PageUrl.optional(),
  variants: z.array(NewVariant).min(2).max(MAX_VARIANTS).optional(),
  /** A factorial instead of variants: every combination of levels becomes a variant, a cell. */
  factors: Factors.optional(),
  targeting: NewTargeting.optional(),
  primary_metric: Reference.optional(),
  secondary_metrics: z.array(Reference).max(50).optional(),
  guardrail_metrics: z.array(Reference).max(50).optional(),
  /**
   * Guardrail metric → the relative change in its bad direction that is put up with, as a fraction. One that is not named has the minimal
   * detectable effect for its limit, or 0.02 where there is none.
   */
  guardrail_limits: z.record(Reference, z.number().gt(0).max(10)).optional(),
  /** How the numbers are read; what is left out has its default. */
  analysis: NewAnalysisSettings.optional(),
  /** The smallest relative change worth finding, as a fraction. */
  min_detectable_effect: z.number().gt(0).max(10).optional(),
  significance_level: z.number().min(0.0001, "Use 0.0001 or more: 0.05 is usual.").lt(0.5).optional(),
  power: z.number().gte(0.5).lt(1).optional(),
  estimated_duration_days: z.number().int().min(1).max(365).optional(),
  /** Nobody is decided into a running experiment before it; null for none. */
  starts_at: Instant.nullable().optional(),
  /** Nobody is decided into it from then on; null for none. */
  ends_at: Instant.nullable().optional(),
  prerequisites: Prerequisites.optional(),
  /** Units that bring the variant they have had keep it, whatever the weights are by then. */
  sticky: z.boolean().optional(),
  /** Kept from client keys. */
  server_only: z.boolean().optional(),
  /** A switchback test: the unit is a cluster, which changes sides from window to window. */
  switchback: Switchback.nullable().optional(),
  /** Attributes by whose value at first exposure the results are split: `country`, `edge.device`, any of the context. */
  dimensions: z
    .array(z.string().trim().min(1).max(100))
    .max(MAX_DIMENSIONS)
    .refine((names) => new Set(names).size === names.length, "Name every attribute once.")
    .optional(),
  /** Experiments on the same unit type whose joint effects with this one are watched. Each of a pair then watches the other. */
  watch: z.array(Reference).max(20).optional(),
  /** Where the unit is a cluster: the type of the units in it, by whose number it is weighed. */
  member_type: UnitType.nullable().optional(),
} as const;

const checkVariants = (variants: readonly NewVariant[], context: z.RefinementCtx): void => {
  if (!weightsSumTo100(variants)) {
    const sum = variants.reduce((total, { weight }) => total + Math.round(weight * 100), 0) / 100;
    context.addIssue({ code: "custom", path: ["variants"], message: `Weights must sum to 100; these sum to ${sum}.` });
  }
  if (variants.filter((variant) => variant.is_control).length > 1)
    context.addIssue({ code: "custom", path: ["variants"], message: "Only one variant can be the control." });
};

const checkDates = (
  {
    starts_at,
    ends_at,
  }: { readonly starts_at?: string | null | undefined; readonly ends_at?: string | null | undefined },
  context: z.RefinementCtx,
): void => {
  if (starts_at && ends_at && Date.parse(ends_at) <= Date.parse(starts_at))
    context.addIssue({ code: "custom", path: ["ends_at"], message: "ends_at must be after starts_at." });
};

const checkSwitchback = (switchback: Switchback | null | undefined, context: z.RefinementCtx): void => {
  if (switchback?.burn_in_minutes !== undefined && switchback.burn_in_minutes >= switchback.window_minutes)
    context.addIssue({
      code: "custom",
      path: ["switchback", "burn_in_minutes"],
      message: "The burn-in must be shorter than the window, or nothing would be counted.",
    });
};

export const NewExperiment = z
  .strictObject({ key: Key.optional(), type: ExperimentType.default("ab"), ...experimentFields })
  .superRefine((experiment, context) => {
    if ((experiment.variants === undefined) === (experiment.factors === undefined))
      context.addIssue({ code: "custom", path: ["variants"], message: "Give variants, or factors to make them of." });
    if (experiment.variants) checkVariants(experiment.variants, context);
    checkDates(experiment, context);
    checkSwitchback(experiment.switchback, context);
    if (experiment.type === "interleaving" && experiment.variants?.length !== 2)
      context.addIssue({ code: "custom", path: ["variants"], message: "Interleaving compares two variants." });
    if (experiment.traffic !== undefined && experiment.slots !== undefined)
      context.addIssue({ code: "custom", path: ["slots"], message: "Give either traffic or slots, not both." });
    if (experiment.type === "split_url" && experiment.factors)
      context.addIssue({
        code: "custom",
        path: ["factors"],
        message: "A split-URL test needs variants, each with a page of its own.",
      });
    if (experiment.type === "split_url" && experiment.switchback)
      context.addIssue({
        code: "custom",
        path: ["switchback"],
        message: "A split-URL test cannot change sides: a visitor would meet another page.",
      });
    if (experiment.switchback && experiment.layer !== undefined)
      context.addIssue({
        code: "custom",
        path: ["layer"],
        message:
          "A switchback test's buckets change from window to window, so it cannot share a layer; leave layer out, or give it the whole of its own.",
      });
    if (experiment.switchback && experiment.type === "interleaving")
      context.addIssue({
        code: "custom",
        path: ["switchback"],
        message: "Interleaving shows both variants at once, so there is nothing to switch; leave switchback out.",
      });
    if (experiment.switchback && (experiment.watch?.length ?? 0) > 0)
      context.addIssue({
        code: "custom",
        path: ["watch"],
        message: "A switchback test counts windows, not units, so nothing can be watched with it; leave watch out.",
      });
    if (experiment.switchback && experiment.sticky)
      context.addIssue({
        code: "custom",
        path: ["sticky"],
        message: "A switchback test moves its units from side to side; leave sticky out.",
      });
    if (experiment.type === "split_url" && experiment.url === undefined)
      context.addIssue({
        code: "custom",
        path: ["url"],
        message: "A split-URL test needs the url of the page it redirects.",
      });
    if (experiment.type === "split_url")
      for (const [index, { config }] of (experiment.variants ?? []).entries()) {
        const target = config !== null && typeof config === "object" && !Array.isArray(config) ? config.url : undefined;
        if (config !== undefined && !PageUrl.safeParse(target).success)
          context.addIssue({
            code: "custom",
            path: ["variants", index, "config", "url"],
            message: "Use a path that begins with / or an http(s) URL; leave config out to stay on the page.",
          });
      }
    if (experiment.type !== "split_url" && experiment.url !== undefined)
      context.addIssue({ code: "custom", path: ["url"], message: 'Only an experiment of type "split_url" has a url.' });
  });
export type NewExperiment = z.infer<typeof NewExperiment>;

/**
 * A change to an experiment. Past draft only `name`, `hypothesis`, `owner` and `ends_at` may change. Null takes back what a draft may do
 * without. Variants take the place of factors, and factors that of variants.
 */
export const ExperimentChange = z
  .strictObject({
    ...experimentFields,
    layer: Reference.nullable(),
    url: PageUrl.nullable(),
    primary_metric: Reference.nullable(),
    min_detectable_effect: experimentFields.min_detectable_effect.nullable(),
  })
  .partial()
  .superRefine((change, context) => {
    if (change.variants) checkVariants(change.variants, context);
    if (change.variants && change.factors)
      context.addIssue({ code: "custom", path: ["factors"], message: "Give either variants or factors, not both." });
    checkDates(change, context);
    checkSwitchback(change.switchback, context);
    if (change.traffic !== undefined && change.slots !== undefined)
      context.addIssue({ code: "custom", path: ["slots"], message: "Give either traffic or slots, not both." });
  });
export type ExperimentChange = z.infer<typeof ExperimentChange>;

export const StatusChange = z.strictObject({ status: ExperimentStatus });
export type StatusChange = z.infer<typeof StatusChange>;

/** A new allocation. A running experiment can only grow: its buckets stay and more are appended. */
export const AllocationChange = z
  .strictObject({ traffic: share.optional(), slots: z.array(Slot).min(1).max(100).optional() })
  .refine((change) => (change.traffic === undefined) !== (change.slots === undefined), {
    message: "Give either traffic or slots.",
    path: ["traffic"],
  });
export type AllocationChange = z.infer<typeof AllocationChange>;

/**
 * A new phase of a started experiment: what is locked while it runs changes here, by name, and is analysed apart. What is
 * left out stays. `reshuffle` gives the experiment a new salt, so that every unit is assigned anew.
 */
export const NewPhase = z
  .strictObject({
    /** Variant key → weight; they sum to 100. */
    weights: z.record(Key, Percent).optional(),
    traffic: share.optional(),
    slots: z.array(Slot).min(1).max(100).optional(),
    targeting: NewTargeting.optional(),
    prerequisites: Prerequisites.optional(),
    reshuffle: z.literal(true).optional(),
    /** Why, for the record. */
    reason: z.string().trim().min(1).max(1000),
  })
  .superRefine((phase, context) => {
    if (phase.traffic !== undefined && phase.slots !== undefined)
      context.addIssue({ code: "custom", path: ["slots"], message: "Give either traffic or slots, not both." });
    if (phase.weights) {
      const sum = Object.values(phase.weights).reduce((total, weight) => total + Math.round(weight * 100), 0) / 100;
      if (sum !== 100)
        context.addIssue({
          code: "custom",
          path: ["weights"],
          message: `Weights must sum to 100; these sum to ${sum}.`,
        });
    }
  });
export type NewPhase = z.infer<typeof NewPhase>;

/** A stretch of a started experiment with unchanged weights, slots and targeting. */
export const Phase = z.object({
  number: z.number().int().min(1),
  started_at: Instant,
  /** Why it was begun; empty for the first one and for a grown allocation. */
  reason: z.string(),
  /** Basis points by variant key. */
  weights_bp: z.record(z.string(), z.number().int()),
  slots: z.array(z.object({ range_start: z.number().int(), range_end: z.number().int() })),
  targeting: z.object({ rules: Rules }),
  prerequisites: Prerequisites,
  salt: z.string(),
});
export type Phase = z.infer<typeof Phase>;

/** The cursor of the phases is the number of the last one that was seen. */
export const PhasesQuery = pageQuery(/^[1-9][0-9]{0,8}$/);
export type PhasesQuery = z.infer<typeof PhasesQuery>;

export const ExperimentsQuery = pageQueryOf("exp").extend({ status: ExperimentStatus.optional() });
export type ExperimentsQuery = z.infer<typeof ExperimentsQuery>;

export const Experiment = z.object({
  id: z.string(),
  key: Key,
  name: Name,
  hypothesis: z.string(),
  owner: z.string(),
  type: ExperimentType,
  status: ExperimentStatus,
  environments: z.array(EnvironmentKey),
  salt: z.string(),
  unit_type: UnitType,
  url: z.string().nullable(),
  layer: z.object({ id: z.string(), key: z.string(), salt: z.string() }),
  slots: z.array(z.object({ range_start: z.number().int(), range_end: z.number().int() })),
  /** Share of the layer that the slots cover. */
  traffic: z.number(),
  variants: z.array(Variant),
  targeting: z.object({ rules: Rules }),
  /** Metric keys. */
  primary_metric: Key.nullable(),
  secondary_metrics: z.array(Key),
  guardrail_metrics: z.array(Key),
  /** Metric key → fraction, of those guardrails that have a limit of their own. */
  guardrail_limits: z.record(z.string(), z.number()),
  analysis: AnalysisSettings,
  min_detectable_effect: z.number().nullable(),
  significance_level: z.number(),
  power: z.number(),
  estimated_duration_days: z.number().int(),
  starts_at: Instant.nullable(),
  ends_at: Instant.nullable(),
  prerequisites: Prerequisites,
  sticky: z.boolean(),
  server_only: z.boolean(),
  switchback: Switchback.nullable(),
  factors: Factors.nullable(),
  dimensions: z.array(z.string()),
  /** Keys of the experiments that it watches, and which watch it. */
  watch: z.array(Key),
  member_type: UnitType.nullable(),
  /** A stretch with unchanged weights, slots and targeting; 1 from the start. */
  phase: z.number().int().min(1),
  /** Grows with every change; `If-Match` compares it. */
  revision: z.number().int().min(1),
  created_at: Instant,
  updated_at: Instant,
  started_at: Instant.nullable(),
  ended_at: Instant.nullable(),
});
export type Experiment = z.infer<typeof Experiment>;
