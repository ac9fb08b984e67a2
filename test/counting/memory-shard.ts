import type { EventMessage } from "../../contract/event-message.ts";
import { countMessages, countReceived } from "../../counting/count-messages.ts";
import type { CountingPlan } from "../../counting/counting-plan.ts";
import { addLedgers, emptyLedger } from "../../counting/ledger-counts.ts";
import { decodeUnit, encodeUnit } from "../../counting/unit-codec.ts";
import { NEW_UNIT } from "../../counting/unit-state.ts";
import { cellName } from "./reference.ts";

/** A shard that keeps in memory what the Durable Object keeps in SQLite, encoded the same way. */
export const createMemoryShard = (owns: (unitType: string, unit: string) => boolean) => {
  const units = new Map<string, string>();
  const seen = new Set<string>();
  const cells = new Map<string, { n: number; sum: bigint; sum_of_squares: bigint }>();
  let ledger = emptyLedger();

  const load = (unitType: string, unit: string) => {
    const text = units.get(`${unitType}:${unit}`);
    return text === undefined ? NEW_UNIT : decodeUnit(text);
  };

  return {
    apply(messages: readonly EventMessage[], plan: CountingPlan): void {
      const fresh = messages.filter(({ message_id }) => !seen.has(message_id) && seen.add(message_id));
      const counted = countMessages(fresh, plan, { owns, load });
      for (const { unitType, unit, state } of counted.units) units.set(`${unitType}:${unit}`, encodeUnit(state));
      for (const change of counted.changes) {
        const cell = cells.get(cellName(change)) ?? { n: 0, sum: 0n, sum_of_squares: 0n };
        cells.set(cellName(change), {
          n: cell.n + change.n,
          sum: cell.sum + change.sum,
          sum_of_squares: cell.sum_of_squares + change.sum_of_squares,
        });
      }
      const received = fresh.reduce((sum, message) => sum + countReceived(message, owns), 0);
      ledger = addLedgers(ledger, { ...counted.ledger, received });
    },
    cells: () =>
      [...cells]
        .filter(([, { n }]) => n !== 0)
        .map(([name, { n, sum, sum_of_squares }]) => ({
          name,
          n,
          sum: String(sum),
          sum_of_squares: String(sum_of_squares),
        })),
    /** Cells that no unit is in, but that are not zero. */
    residue: () =>
      [...cells].filter(([, { n, sum, sum_of_squares }]) => n === 0 && (sum !== 0n || sum_of_squares !== 0n)),
    ledger: () => ledger,
    state: load,
    size: (unitType: string, unit: string) => units.get(`${unitType}:${unit}`)?.length ?? 0,
  };
};
