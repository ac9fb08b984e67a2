import type { AcceptedEvent, EventMessage } from "../contract/event-message.ts";
import type { LedgerCounts } from "../contract/ledger.ts";
import { wideHash } from "../core/wide-hash.ts";
import { addFate, emptyLedger } from "../counting/ledger-counts.ts";
import type { DeletedUnit } from "./shard-change.ts";

/** Stands for a unit that was deleted. No unit is called this, because ids are well-formed texts from the start, and no shard has it. */
export const DELETED = "\ud800";

/** What a shard remembers of a unit that was deleted. */
export const deletedUnitHash = (unitType: string, unit: string): string =>
  wideHash(`${unitType.length}:${unitType}:${unit}`);

/**
 * Messages without what they say of units that were deleted since they happened or were received; `deletedUnits` has those by hash. The other units of such an event still count it; it is refused, and `ledger` counts that, when its first
 * unit is one of those that are gone and `owns` says that it was here.
 */
export const withoutDeletedUnits = (
  messages: readonly EventMessage[],
  deletedUnits: ReadonlyMap<string, DeletedUnit>,
  owns: (unitType: string, unit: string) => boolean,
): { readonly messages: readonly EventMessage[]; readonly ledger: LedgerCounts } => {
  const ledger = emptyLedger();
  if (deletedUnits.size === 0) return { messages, ledger };

  const rest = (event: AcceptedEvent, received_at: number): readonly AcceptedEvent[] => {
    // A clock may be ahead of ours: what had been received by then goes, whenever it says that it was.
    const happened = Math.min(event.at, received_at);
    const isDeleted = ([unitType, unit]: AcceptedEvent["units"][number]): boolean =>
      happened <= (deletedUnits.get(deletedUnitHash(unitType, unit))?.deleted_at ?? -Infinity);
    if (!event.units.some((unit) => isDeleted(unit))) return [event];
    const [first] = event.units;
    if (first && owns(...first) && isDeleted(first)) addFate(ledger, "unit_deleted");
    const units = event.units.map((unit): typeof unit => (isDeleted(unit) ? [unit[0], DELETED] : unit));
    return units.some(([unitType, unit]) => unit !== DELETED && owns(unitType, unit)) ? [{ ...event, units }] : [];
  };
  return {
    // What a bot does is never counted, so there is nothing to take away.
    messages: messages.map((message) =>
      message.lane === "bot"
        ? message
        : { ...message, events: message.events.flatMap((event) => rest(event, message.received_at)) },
    ),
    ledger,
  };
};
