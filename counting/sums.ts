import type { SumsCell } from "../contract/sums.ts";
import type { Contribution } from "./unit-state.ts";

type CellKey = Pick<SumsCell, "experiment_id" | "phase" | "variant_id" | "metric_id" | "day">;

/** What is to be added to one cell of the sums. */
export interface SumsChange extends CellKey {
  readonly n: number;
  readonly sum: bigint;
  readonly sum_of_squares: bigint;
}

/** Changes to the sums, collected so that a cell that many units touch is written once. */
export class SumsChanges {
  readonly #cells = new Map<string, SumsChange>();

  #add(key: CellKey, sign: 1 | -1, total: bigint): void {
    const { experiment_id, phase, variant_id, metric_id, day } = key;
    const id = JSON.stringify([experiment_id, phase, variant_id, metric_id, day]);
    const cell = this.#cells.get(id) ?? { ...key, n: 0, sum: 0n, sum_of_squares: 0n };
    const factor = BigInt(sign);
    this.#cells.set(id, {
      ...cell,
      n: cell.n + sign,
      sum: cell.sum + factor * total,
      sum_of_squares: cell.sum_of_squares + factor * total * total,
    });
  }

  #addContribution(experiment_id: string, contribution: Contribution, sign: 1 | -1): void {
    const { phase, day, variant_id, totals } = contribution;
    this.#add({ experiment_id, phase, variant_id, metric_id: "", day }, sign, 0n);
    for (const [metric_id, total] of totals)
      this.#add({ experiment_id, phase, variant_id, metric_id, day }, sign, total);
  }

  /** Takes one unit's contributions out and puts others in their place. */
  replace(before: ReadonlyMap<string, Contribution>, after: ReadonlyMap<string, Contribution>): void {
    for (const [id, contribution] of before) this.#addContribution(id, contribution, -1);
    for (const [id, contribution] of after) this.#addContribution(id, contribution, 1);
  }

  /** The cells that change, and no others. */
  list(): SumsChange[] {
    return [...this.#cells.values()].filter((cell) => cell.n !== 0 || cell.sum !== 0n || cell.sum_of_squares !== 0n);
  }
}
