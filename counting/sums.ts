import type { CellKey, SumName } from "../contract/sums.ts";
import { type Int, isZero, negative, plus, times } from "./int.ts";

/** In the order in which cells keep them: first the values, then their products. */
export const SUM_NAMES = [
  "y",
  "d",
  "x",
  "e",
  "yy",
  "yd",
  "yx",
  "ye",
  "dd",
  "dx",
  "de",
  "xx",
  "xe",
  "ee",
] as const satisfies readonly SumName[];

/** What is to be added to one cell of the sums. Sums that do not change are left out. */
export interface SumsChange {
  readonly key: CellKey;
  readonly n: number;
  readonly sums: Readonly<Partial<Record<SumName, Int>>>;
}

/** What one unit is worth in one cell, all in millionths; see `contract/sums.ts`. */
export interface UnitValue {
  /** 1 for a unit with an event that counts, and for an exposed unit in a cell of exposed units, else 0. */
  readonly n: 0 | 1;
  readonly y: Int;
  readonly d: Int;
  readonly x: Int;
  readonly e: Int;
}

/** Sums by their place in {@link SUM_NAMES}. */
export interface Cell {
  n: number;
  readonly sums: Int[];
}

/** Most cells have nothing but `y` and its square: only those that have more grow to all places. */
export const emptyCell = (): Cell => ({ n: 0, sums: [0, 0, 0, 0, 0] });

export const isEmpty = ({ n, sums }: Cell): boolean => n === 0 && sums.every((sum) => isZero(sum));

const addAt = ({ sums }: Cell, place: number, sum: Int): void => {
  if (isZero(sum)) return;
  while (sums.length <= place) sums.push(0);
  sums[place] = plus(sums[place] ?? 0, sum);
};

export const addToCell = (cell: Cell, n: number, sums: SumsChange["sums"]): void => {
  cell.n += n;
  for (const [place, name] of SUM_NAMES.entries()) addAt(cell, place, sums[name] ?? 0);
};

/** The sums of a cell that are not 0, or nothing for a cell that is all 0. */
export const sumsOfCell = (cell: Cell): SumsChange["sums"] | undefined => {
  if (isEmpty(cell)) return undefined;
  const sums: Partial<Record<SumName, Int>> = {};
  for (const [place, name] of SUM_NAMES.entries()) {
    const sum = cell.sums[place] ?? 0;
    if (!isZero(sum)) sums[name] = sum;
  }
  return sums;
};

/** Adds or takes away one unit's value with all its products. */
const addUnit = (cell: Cell, { n, y, d, x, e }: UnitValue, sign: 1 | -1): void => {
  cell.n += sign * n;
  const [sy, sd, sx, se] = sign === 1 ? [y, d, x, e] : [negative(y), negative(d), negative(x), negative(e)];
  addAt(cell, 0, sy);
  addAt(cell, 4, times(sy, y));
  if (!isZero(d)) {
    addAt(cell, 1, sd);
    addAt(cell, 5, times(sy, d));
    addAt(cell, 8, times(sd, d));
  }
  if (isZero(x) && isZero(e)) return;
  addAt(cell, 2, sx);
  addAt(cell, 3, se);
  addAt(cell, 6, times(sy, x));
  addAt(cell, 7, times(sy, e));
  addAt(cell, 9, times(sd, x));
  addAt(cell, 10, times(sd, e));
  addAt(cell, 11, times(sx, x));
  addAt(cell, 12, times(sx, e));
  addAt(cell, 13, times(se, e));
};

/** The cells of all metrics that have the rest of their keys in common. */
export type RowKey = Omit<CellKey, "metric_id">;
type Head = Pick<RowKey, "experiment_id" | "phase" | "variant_id">;
type Slot = Pick<RowKey, "kind" | "name" | "slice">;

const nameOf = ({ experiment_id, phase, variant_id }: Head, { kind, name, slice }: Slot): string =>
  `${experiment_id}\n${phase}\n${variant_id}\n${kind}\n${name.length}\n${name}\n${slice === null ? "" : `=${slice}`}`;

/** Says all of a key. */
export const rowName = (key: RowKey): string => nameOf(key, key);

const isSame = (a: UnitValue | undefined, b: UnitValue | undefined): boolean =>
  a === b ||
  (a !== undefined && b !== undefined && a.n === b.n && a.y === b.y && a.d === b.d && a.x === b.x && a.e === b.e);

/** By metric id. */
export type UnitValues = ReadonlyMap<string, UnitValue>;

/** Changes to the sums, collected so that a cell that many units touch is written once. */
export class SumsChanges {
  readonly #rows = new Map<string, { readonly key: RowKey; readonly cells: Map<string, Cell> }>();

  #cells(head: Head, slot: Slot): Map<string, Cell> {
    const name = nameOf(head, slot);
    let row = this.#rows.get(name);
    if (row === undefined) this.#rows.set(name, (row = { key: { ...head, ...slot }, cells: new Map() }));
    return row.cells;
  }

  /** Puts what a unit is worth in the cells of a row in the place of what it was worth there. */
  replace(head: Head, slot: Slot, before: UnitValues | undefined, after: UnitValues | undefined): void {
    let cells: Map<string, Cell> | undefined;
    const change = (metric_id: string, was: UnitValue | undefined, is: UnitValue | undefined): void => {
      if (isSame(was, is)) return;
      cells ??= this.#cells(head, slot);
      let cell = cells.get(metric_id);
      if (cell === undefined) cells.set(metric_id, (cell = emptyCell()));
      if (was) addUnit(cell, was, -1);
      if (is) addUnit(cell, is, 1);
    };
    for (const [metric_id, value] of before ?? []) change(metric_id, value, after?.get(metric_id));
    for (const [metric_id, value] of after ?? []) if (!before?.has(metric_id)) change(metric_id, undefined, value);
  }

  /** The cells that change, and no others. */
  list(): SumsChange[] {
    const changes: SumsChange[] = [];
    for (const { key, cells } of this.#rows.values())
      for (const [metric_id, cell] of cells) {
        const sums = sumsOfCell(cell);
        if (sums !== undefined) changes.push({ key: { ...key, metric_id }, n: cell.n, sums });
      }
    return changes;
  }
}
