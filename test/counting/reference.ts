import type { AcceptedEvent, EventMessage } from "../../contract/event-message.ts";
import type { LedgerCounts } from "../../contract/ledger.ts";
import type { MetricType } from "../../contract/metric.ts";
import type { Ruleset, RulesetMetricSide } from "../../contract/ruleset.ts";
import { type CellKey, type SumsCell, SumName } from "../../contract/sums.ts";
import { type Add, addUnit } from "./reference-experiment.ts";

/** One batch as it was received, before it was split among shards. */
export type Batch = Pick<EventMessage, "received_at" | "events" | "rejected" | "lane"> & {
  /** The rules when it was applied; the last ones if it does not say. */
  readonly ruleset?: Ruleset;
};

/** What became of the events of all batches. */
export type Fates = Pick<LedgerCounts, "received" | "applied" | "duplicate" | "late" | "bot" | "rejected">;

/** Cells by {@link cellName}. */
export type Cells = Map<string, Pick<SumsCell, "n" | "sums">>;

export const cellName = ({ experiment_id, phase, variant_id, metric_id, kind, name, slice }: CellKey): string =>
  `${experiment_id} phase ${phase} variant ${variant_id} metric ${metric_id} ${kind} ${name} ${JSON.stringify(slice)}`;

interface Seen {
  readonly event: AcceptedEvent;
  readonly received_at: number;
  readonly ruleset: Ruleset;
}

const refusalOf = (event: AcceptedEvent, ruleset: Ruleset) => {
  if (event.type === "metric") return undefined;
  const experiment = ruleset.experiments.find(({ key }) => key === event.experiment_key);
  if (experiment === undefined) return "unknown_experiment";
  if (!experiment.variants.some(({ key }) => key === event.variant_key)) return "unknown_variant";
  return event.units.some(([type]) => type === experiment.unit_type) ? undefined : "invalid_event";
};

const sideText = (type: MetricType, { event, value, filters }: RulesetMetricSide): string =>
  JSON.stringify([event, type === "conversion" || type === "count" ? null : value, filters]);

/** Whether a side is read of units of a type by the rules: a conversion or a count reads no values. */
const reads = (
  { experiments, metrics }: Ruleset,
  unitType: string,
  type: MetricType,
  side: RulesetMetricSide,
): boolean => {
  const used = experiments
    .filter(({ unit_type }) => unit_type === unitType)
    .flatMap((experiment) => experiment.metrics.map(({ id }) => id));
  return metrics
    .filter(({ id }) => used.includes(id))
    .flatMap((metric) => [metric.numerator, metric.denominator].map((other) => other && sideText(metric.type, other)))
    .includes(sideText(type, side));
};

/**
 * What the sums and the ledger have to be, straight from the definitions: no state, no order, nothing forgotten. All
 * batches of an environment at once, each once; of copies of an event that differ, no two may have been received at the
 * same instant. `isHere` leaves units out of the sums.
 */
export const countPlainly = (
  batches: readonly Batch[],
  ruleset: Ruleset,
  lateAfterMs: number,
  isHere: (unitType: string, unit: string) => boolean = () => true,
): { cells: Cells; ledger: Fates } => {
  const ledger: Fates = { received: 0, applied: 0, duplicate: 0, late: 0, bot: 0, rejected: {} };
  const reject = (code: keyof Fates["rejected"]) => {
    ledger.rejected[code] = (ledger.rejected[code] ?? 0) + 1;
  };

  // unit → event id → the copies of it
  const units = new Map<string, Map<string, Seen[]>>();
  const accountedIds = new Set<string>();
  for (const { received_at, events, rejected, lane, ruleset: then = ruleset } of batches) {
    ledger.received += events.length + rejected.length;
    if (lane === "bot") {
      ledger.bot += events.length + rejected.length;
      continue;
    }
    for (const { code } of rejected) reject(code);
    for (const event of events) {
      const refusal = refusalOf(event, then);
      if (event.at < received_at - lateAfterMs) {
        ledger.late += 1;
        continue;
      }
      if (refusal !== undefined) {
        reject(refusal);
        continue;
      }
      const id = JSON.stringify([event.units[0], event.event_id]);
      if (accountedIds.has(id)) ledger.duplicate += 1;
      else ledger.applied += 1;
      accountedIds.add(id);
      for (const unit of event.units) {
        const name = JSON.stringify(unit);
        const ids = units.get(name) ?? new Map<string, Seen[]>();
        ids.set(event.event_id, [...(ids.get(event.event_id) ?? []), { event, received_at, ruleset: then }]);
        units.set(name, ids);
      }
    }
  }

  const totals = new Map<string, { n: number; sums: Map<SumName, bigint> }>();
  const add: Add = (key, { n, ...numbers }) => {
    const name = cellName(key);
    const cell = totals.get(name) ?? { n: 0, sums: new Map<SumName, bigint>() };
    totals.set(name, cell);
    cell.n += n;
    for (const sum of SumName.options) {
      const factors = sum.split("") as ("y" | "d" | "x" | "e")[];
      const product = factors.reduce((result, factor) => result * numbers[factor], 1n);
      cell.sums.set(sum, (cell.sums.get(sum) ?? 0n) + product);
    }
  };
  for (const [name, ids] of units) {
    const [unitType, unit] = JSON.parse(name) as [string, string];
    if (!isHere(unitType, unit)) continue;
    const kept = [...ids.values()].flatMap(
      (copies) => copies.toSorted((a, b) => a.received_at - b.received_at)[0] ?? [],
    );
    const readBy = new Map(kept.map((seen) => [seen.event, seen.ruleset]));
    addUnit(
      add,
      ruleset,
      unitType,
      kept.map(({ event }) => event),
      (event, type, side) => {
        const then = readBy.get(event) ?? ruleset;
        return then === ruleset || reads(then, unitType, type, side);
      },
    );
  }

  const cells: Cells = new Map();
  for (const [name, { n, sums }] of totals) {
    const left = [...sums].filter(([, sum]) => sum !== 0n).map(([sum, value]) => [sum, String(value)] as const);
    if (n !== 0 || left.length > 0) cells.set(name, { n, sums: Object.fromEntries(left) });
  }
  return { cells, ledger };
};
