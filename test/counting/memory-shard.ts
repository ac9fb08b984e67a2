import type { EventMessage } from "../../contract/event-message.ts";
import { type SumsCell, SumsKind } from "../../contract/sums.ts";
import { countMessages, countReceived } from "../../counting/count-messages.ts";
import type { CountingPlan } from "../../counting/counting-plan.ts";
import { addLedgers, emptyLedger } from "../../counting/ledger-counts.ts";
import { SumsBook } from "../../counting/sums-book.ts";
import { Terms } from "../../counting/terms.ts";

/** A shard that keeps in memory what the Durable Object keeps in SQLite, encoded the same way. */
export const createMemoryShard = (owns: (unitType: string, unit: string) => boolean = () => true) => {
  const units = new Map<string, Uint8Array>();
  const seen = new Set<string>();
  const terms = new Terms();
  const book = new SumsBook();
  const load = (unitType: string, unit: string) => units.get(`${unitType}:${unit}`);
  let ledger = emptyLedger();

  return {
    apply(messages: readonly EventMessage[], plan: CountingPlan): void {
      const fresh = messages.filter(({ message_id }) => !seen.has(message_id) && seen.add(message_id));
      const counted = countMessages(fresh, plan, { owns, load, terms });
      for (const { unitType, unit, state } of counted.units) units.set(`${unitType}:${unit}`, state);
      for (const change of counted.changes) book.add(change);
      const received = fresh.reduce((sum, message) => sum + countReceived(message, owns), 0);
      ledger = addLedgers(ledger, { ...counted.ledger, received });
    },
    cells: (kinds: readonly SumsKind[] = SumsKind.options): SumsCell[] =>
      book.cells({ experiment_ids: book.parts().map(({ experiment_id }) => experiment_id), kinds }),
    ledger: () => ledger,
    terms,
    book,
    state: (unitType: string, unit: string) => units.get(`${unitType}:${unit}`) ?? new Uint8Array(),
  };
};
