import type { AnalysisPlan } from "../contract/analysis-plan.ts";
import type { SumsCell, SumsKind } from "../contract/sums.ts";
import { type Counts, EXPOSURES } from "./tally.ts";

/** The cells of one kind that count exposed units of the plan's variants. */
export const exposuresIn = ({ variants }: AnalysisPlan, counts: Counts, kind: SumsKind): SumsCell[] =>
  counts
    .cells(kind)
    .filter(
      ({ variant_id, metric_id, n }) =>
        metric_id === EXPOSURES && n > 0 && variants.some(({ id }) => id === variant_id),
    );
