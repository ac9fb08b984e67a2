import type { EventMessage } from "../../contract/event-message.ts";
import type { LedgerCounts } from "../../contract/ledger.ts";
import type { Ruleset } from "../../contract/ruleset.ts";
import type { SumsCell } from "../../contract/sums.ts";

const DAY = 86_400_000;

/** Rounds the exact value of a double to millionths, half away from zero, in integers only. */
export const exactMillionths = (value: number): bigint => {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  const raw = bits.getBigUint64(0);
  const exponent = Number((raw >> 52n) & 0x7ffn);
  const fraction = raw & ((1n << 52n) - 1n);
  const mantissa = exponent === 0 ? fraction : fraction | (1n << 52n);
  const power = Math.max(exponent, 1) - 1075;
  const scaled = mantissa * 1_000_000n;
  const size = power >= 0 ? scaled << BigInt(power) : (2n * scaled + (1n << BigInt(-power))) >> BigInt(1 - power);
  return raw >> 63n === 1n ? -size : size;
};

/** One batch as it was received, before it was split among shards. */
export type Batch = Pick<EventMessage, "received_at" | "events" | "rejected">;

interface Seen {
  readonly event: EventMessage["events"][number];
  readonly received_at: number;
}

/**
 * What the sums and the ledger have to be, straight from the definitions: no state, no order, nothing forgotten. All
 * batches of an environment at once, each once.
 */
export const countPlainly = (
  batches: readonly Batch[],
  ruleset: Ruleset,
  lateAfterMs: number,
): { cells: Map<string, Omit<SumsCell, keyof CellKey>>; ledger: LedgerCounts } => {
  const ledger: LedgerCounts = {
    received: 0,
    applied: 0,
    duplicate: 0,
    late: 0,
    bot: 0,
    dead_lettered: 0,
    rejected: {},
  };
  const reject = (code: "unknown_experiment" | "unknown_variant" | "invalid_event") => {
    ledger.rejected[code] = (ledger.rejected[code] ?? 0) + 1;
  };

  // unit → event id → the copies of it
  const units = new Map<string, Map<string, Seen[]>>();
  const accountedIds = new Set<string>();
  for (const { received_at, events, rejected } of batches) {
    for (const { code } of rejected) {
      ledger.received += 1;
      ledger.rejected[code] = (ledger.rejected[code] ?? 0) + 1;
    }
    for (const event of events) {
      ledger.received += 1;
      if (received_at - event.at > lateAfterMs) {
        ledger.late += 1;
        continue;
      }
      if (event.type === "exposure") {
        const experiment = ruleset.experiments.find(({ key }) => key === event.experiment_key);
        const problem =
          experiment === undefined
            ? "unknown_experiment"
            : !experiment.variants.some(({ key }) => key === event.variant_key)
              ? "unknown_variant"
              : !event.units.some(([type]) => type === experiment.unit_type)
                ? "invalid_event"
                : undefined;
        if (problem !== undefined) {
          reject(problem);
          continue;
        }
      }
      const id = JSON.stringify([event.units[0], event.event_id]);
      if (accountedIds.has(id)) ledger.duplicate += 1;
      else ledger.applied += 1;
      accountedIds.add(id);
      for (const unit of event.units) {
        const name = JSON.stringify(unit);
        const ids = units.get(name) ?? new Map<string, Seen[]>();
        ids.set(event.event_id, [...(ids.get(event.event_id) ?? []), { event, received_at }]);
        units.set(name, ids);
      }
    }
  }

  const cells = new Map<string, { n: number; sum: string; sum_of_squares: string }>();
  const add = (key: CellKey, total: bigint) => {
    const name = cellName(key);
    const cell = cells.get(name) ?? { n: 0, sum: "0", sum_of_squares: "0" };
    cells.set(name, {
      n: cell.n + 1,
      sum: String(BigInt(cell.sum) + total),
      sum_of_squares: String(BigInt(cell.sum_of_squares) + total * total),
    });
  };

  for (const [name, ids] of units) {
    const [unitType] = JSON.parse(name) as [string, string];
    const events = [...ids.values()].map(
      (copies) => copies.toSorted((a, b) => a.received_at - b.received_at)[0]!.event,
    );
    for (const experiment of ruleset.experiments.filter(({ unit_type }) => unit_type === unitType)) {
      const exposures = events
        .filter((event) => event.type === "exposure" && event.experiment_key === experiment.key)
        .map((event) => ({
          at: event.at,
          variant: experiment.variants.find(({ key }) => key === event.variant_key)!.id,
        }));
      if (exposures.length === 0) continue;
      const at = Math.min(...exposures.map((exposure) => exposure.at));
      const phase = experiment.phases.filter(({ started_at }) => started_at <= at).at(-1) ?? experiment.phases[0]!;
      const crossover = new Set(exposures.map(({ variant }) => variant)).size > 1;
      const key = {
        experiment_id: experiment.id,
        phase: phase.number,
        variant_id: crossover ? "" : exposures[0]!.variant,
        metric_id: "",
        day: Math.floor(at / DAY),
      };
      add(key, 0n);
      if (crossover) continue;
      for (const metric of ruleset.metrics) {
        if (!experiment.metrics.some(({ id }) => id === metric.id)) continue;
        if (metric.type !== "conversion" && metric.type !== "sum") continue;
        const counting = events.filter(
          (event) =>
            event.type === "metric" &&
            event.name === metric.event &&
            event.at >= at &&
            (metric.window_hours === null || event.at < at + metric.window_hours * 3_600_000),
        );
        if (counting.length === 0) continue;
        let total = 1_000_000n;
        if (metric.type === "sum") {
          total = 0n;
          for (const event of counting) {
            const value = metric.value === "value" ? event.value : event.properties?.[metric.value];
            if (typeof value === "number" && Math.abs(value) <= 1e9) total += exactMillionths(value);
          }
          const cap = metric.cap === null ? undefined : exactMillionths(metric.cap);
          if (cap !== undefined && total > cap) total = cap;
        }
        add({ ...key, metric_id: metric.id }, total);
      }
    }
  }
  return { cells, ledger };
};

export type CellKey = Pick<SumsCell, "experiment_id" | "phase" | "variant_id" | "metric_id" | "day">;

export const cellName = ({ experiment_id, phase, variant_id, metric_id, day }: CellKey): string =>
  `${experiment_id} phase ${phase} variant ${variant_id} metric ${metric_id} day ${day}`;
