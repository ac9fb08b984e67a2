import { decodeChanges, encodeChanges } from "../counting/changes-codec.ts";
import type { LedgerCounts } from "../contract/ledger.ts";
import { aChange, type DeletedUnit, type ShardChange } from "./shard-change.ts";

/** A change as it is stored. */
export interface JournalEntry {
  /** JSON. */
  readonly facts: string;
  readonly sums: Uint8Array | null;
}

/** Lists that are empty are left out. */
interface EncodedFacts {
  readonly ledger?: LedgerCounts;
  readonly terms?: readonly string[];
  readonly missed?: readonly [taking: string, received_at: number, accounted: number][];
  readonly arrived?: readonly string[];
  readonly deleted?: readonly DeletedUnit[];
  readonly units?: number;
}

/** A row holds 2 MB; a character of JSON is at most 3 bytes. */
const MAX_SUMS_BYTES = 1_500_000;
const MAX_FACTS = 300_000;

const factsOf = ({ ledger, terms, missed, arrived, deleted, units }: ShardChange): EncodedFacts => ({
  ledger,
  ...(terms.length > 0 && { terms }),
  ...(missed.length > 0 && {
    missed: missed.map(({ taking, received_at, accounted }) => [taking, received_at, accounted]),
  }),
  ...(arrived.length > 0 && { arrived }),
  ...(deleted.length > 0 && { deleted }),
  ...(units !== 0 && { units }),
});

const half = (list: readonly unknown[]): number => Math.ceil(list.length / 2);

/** Two changes that add up to one, in this order; undefined for one that cannot be halved. */
const halvesOf = (change: ShardChange): readonly [ShardChange, ShardChange] | undefined => {
  const { terms, missed, arrived, deleted, sums } = change;
  const longest = Math.max(terms.length, missed.length, arrived.length, deleted.length, sums.length);
  if (longest < 2) return undefined;
  return [
    {
      ...change,
      terms: terms.slice(0, half(terms)),
      missed: missed.slice(0, half(missed)),
      arrived: arrived.slice(0, half(arrived)),
      deleted: deleted.slice(0, half(deleted)),
      sums: sums.slice(0, half(sums)),
    },
    aChange({
      terms: terms.slice(half(terms)),
      missed: missed.slice(half(missed)),
      arrived: arrived.slice(half(arrived)),
      deleted: deleted.slice(half(deleted)),
      sums: sums.slice(half(sums)),
    }),
  ];
};

/** The entries that a change is stored as: one, unless that is larger than a row can be. */
export const entriesOf = (change: ShardChange): readonly JournalEntry[] => {
  const sums = change.sums.length === 0 ? null : encodeChanges(change.sums);
  const facts = JSON.stringify(factsOf(change));
  const isTooLarge = facts.length > MAX_FACTS || (sums?.byteLength ?? 0) > MAX_SUMS_BYTES;
  const halves = isTooLarge ? halvesOf(change) : undefined;
  return halves?.flatMap(entriesOf) ?? [{ facts, sums }];
};

/** The opposite of {@link entriesOf} for one of them. */
export const changeOf = (entry: JournalEntry): ShardChange => {
  const { missed, ...facts } = JSON.parse(entry.facts) as EncodedFacts;
  return aChange({
    ...facts,
    ...(missed && { missed: missed.map(([taking, received_at, accounted]) => ({ taking, received_at, accounted })) }),
    ...(entry.sums && { sums: decodeChanges(entry.sums) }),
  });
};
