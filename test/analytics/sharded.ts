import type { SumName, SumsCell } from "../../contract/sums.ts";
import { shuffled } from "../random.ts";

/** The same sums as some cells, each split over two shards, in a random order. */
export const sharded = (cells: readonly SumsCell[], random: () => number): SumsCell[] =>
  shuffled(
    cells.flatMap((cell) => {
      const n = Math.floor(random() * (cell.n + 1));
      const sums = Object.entries(cell.sums) as [SumName, string][];
      const share = BigInt(Math.floor(random() * 1000));
      const first = sums.map(([name, sum]) => [name, (BigInt(sum) * share) / 1000n] as const);
      const rest = sums.map(([name, sum], at) => [name, BigInt(sum) - (first[at]?.[1] ?? 0n)] as const);
      const part = (units: number, of: readonly (readonly [SumName, bigint])[]): SumsCell => ({
        ...cell,
        n: units,
        sums: Object.fromEntries(of.map(([name, sum]) => [name, String(sum)])),
      });
      return [part(n, first), part(cell.n - n, rest)];
    }),
    random,
  );
