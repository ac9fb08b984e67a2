import type { MessageHead } from "../contract/event-message.ts";
import { emptyLedger } from "../counting/ledger-counts.ts";
import type { Shard } from "./apply-messages.ts";
import { aChange, type ShardChange } from "./shard-change.ts";
import { takingIn, takingOf } from "./taking.ts";

/**
 * Lets go of messages that another generation counts: what they account for is received there. They are remembered like
 * those that were applied, so that a note that comes after them is not missed here for ever. What is still missed on a shard
 * that has moved is what never came to it.
 */
export const leaveMessages = ({ storage, memory }: Shard, heads: readonly MessageHead[]): ShardChange => {
  const takings = new Map(heads.map((head) => [takingOf(takingIn(head)), takingIn(head)]));
  const known = storage.findTakings([...takings.values()]);
  const left = [...takings].filter(([, { id, intake }]) => known.get(id)?.has(intake) !== true);
  if (left.length === 0) return aChange();
  storage.rememberApplied(left.map(([, taking]) => taking));
  const missed = [...new Set(left.map(([, { id }]) => id))].flatMap((id) => memory.missed.takingsOf(id));
  const received = -missed.reduce((sum, { accounted }) => sum + accounted, 0);
  return aChange({ arrived: missed.map(({ taking }) => taking), ledger: { ...emptyLedger(), received } });
};
