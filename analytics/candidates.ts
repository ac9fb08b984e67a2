import { type Finding, metricsOf } from "./findings.ts";
import type { Situation } from "./situation.ts";

/** One variant against the control: what the primary metric says of it, if there is one, and each guardrail. */
export interface Candidate extends Partial<Finding> {
  readonly key: string;
  readonly name: string;
  readonly sentence: string;
  readonly guardrails: readonly Finding[];
  /** The guardrails by which harm beyond the limit is not ruled out; none of those of a variant that lacks units. */
  readonly open: readonly Finding[];
  /** What looks harmed, in words: its primary metric is worse, or a guardrail beyond its limit. Empty where nothing is. */
  readonly looksHarmed: string;
  /** The same of a variant that lacks no units. */
  readonly harmed: string;
}

type Variant = Situation["variants"][number] & { readonly lack: string | undefined };

/** All variants that were compared with the control, in their order; one that is to get nobody has nothing to be compared. */
export const candidatesOf = (variants: readonly Variant[], findings: readonly Finding[]): Candidate[] =>
  variants.flatMap(({ key, name, expected_share, lack }) => {
    const its = findings.filter((each) => each.key === key);
    const primary = its.find(({ metric }) => metric.role === "primary");
    const guardrails = its.filter(({ metric }) => metric.role === "guardrail");
    const all = primary ? [primary, ...guardrails] : guardrails;
    if (expected_share === 0 || all.length === 0) return [];
    const looksHarmed = metricsOf(all.filter(({ reading }) => reading === "worse" || reading === "crossed_limit"));
    return [
      {
        sentence: `A primary metric could not be compared for ${name}.`,
        ...primary,
        key,
        name,
        guardrails,
        open: guardrails.filter(({ reading }) => !lack && reading !== "within_limit"),
        looksHarmed,
        harmed: lack ? "" : looksHarmed,
      },
    ];
  });
