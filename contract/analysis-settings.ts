import { z } from "zod";

/**
 * How the numbers of an experiment are read.
 *
 * - `anytime`: confidence sequences. They hold however often, and whenever, one looks.
 * - `group_sequential`: a planned number of looks, each with a bound; nothing is decided between them.
 * - `fixed_horizon`: read once, at the planned end.
 * - `bayesian`: a prior on the lift, and a decision by expected loss. A rule for deciding, not a bound on false alarms.
 */
export const AnalysisMethod = z.enum(["anytime", "group_sequential", "fixed_horizon", "bayesian"]);
export type AnalysisMethod = z.infer<typeof AnalysisMethod>;

/** How many comparisons of the primary metric are made up for: those of all variants with the control. */
export const Correction = z.enum(["none", "bonferroni", "holm", "benjamini_hochberg"]);
export type Correction = z.infer<typeof Correction>;

/** How a group-sequential plan spends its significance level over the looks (Lan & DeMets 1983). */
export const Spending = z.enum(["obrien_fleming", "pocock", "power", "hwang_shih_decani"]);
export type Spending = z.infer<typeof Spending>;

export const MAX_LOOKS = 30;

const fields = {
  method: AnalysisMethod,
  correction: Correction,
  /** Sharpens differences by what the units did before they were exposed (CUPED), where that is known. */
  cuped: z.boolean(),
  /**
   * Anytime: units of two compared variants together at which a decision is most likely; the interval is narrowest there. Clusters,
   * windows or units with credit where those are what is compared, whose default is smaller.
   */
  tuning_units: z.number().int().min(100).max(1_000_000_000),
  /** Group sequential: looks, evenly over the planned duration. */
  looks: z.number().int().min(1).max(MAX_LOOKS),
  spending: Spending,
  /** ρ of `power` (0.1–10), γ of `hwang_shih_decani` (−40–40, not 0); the others have none. */
  spending_parameter: z.number().min(-40).max(40).nullable(),
  /** Bayesian: standard deviation of the prior on the lift, around 0; null for a flat one. */
  prior_sd: z.number().gt(0).max(100).nullable(),
  /** Bayesian: a variant may be shipped when choosing it is expected to lose less than this lift. */
  loss_threshold: z.number().gt(0).max(1),
  /**
   * No decision for better or for none before so many days, so that every day of the week is in it; at most the planned duration. Harm is
   * told at once.
   */
  min_days: z.number().int().min(0).max(365),
} as const;

export const AnalysisSettings = z.object(fields);
export type AnalysisSettings = z.infer<typeof AnalysisSettings>;

export const DEFAULT_ANALYSIS: AnalysisSettings = {
  method: "anytime",
  correction: "holm",
  cuped: true,
  tuning_units: 10_000,
  looks: 5,
  spending: "obrien_fleming",
  spending_parameter: null,
  prior_sd: 0.3,
  loss_threshold: 0.0025,
  min_days: 7,
};

/** What a person chooses; the rest has its defaults. A field that the method has no use for is kept and not used. */
export const NewAnalysisSettings = z
  .strictObject(fields)
  .partial()
  .superRefine(({ spending, spending_parameter: parameter }, context) => {
    const refuse = (message: string): void =>
      context.addIssue({ code: "custom", path: ["spending_parameter"], message });
    if (spending === "power" && !(typeof parameter === "number" && parameter >= 0.1 && parameter <= 10))
      refuse("Power spending needs an exponent from 0.1 to 10.");
    if (spending === "hwang_shih_decani" && (typeof parameter !== "number" || parameter === 0))
      refuse("Hwang-Shih-DeCani spending needs a parameter from −40 to 40 that is not 0.");
    if ((spending === "obrien_fleming" || spending === "pocock") && typeof parameter === "number")
      refuse(`Spending by ${spending} has no parameter; leave it out.`);
  });
export type NewAnalysisSettings = z.infer<typeof NewAnalysisSettings>;
