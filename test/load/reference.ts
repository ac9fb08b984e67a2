import type { SumName, SumsKind } from "../../contract/sums.ts";
import type { Exposure, LifeEvent, Purchase } from "./life.ts";

const DAY = 86_400_000;
const HOUR = 3_600_000;
/** Values are integers in millionths. */
const ONE = 1_000_000;

/** The metrics of the load; `load_` in front is their key. */
export const METRICS = ["purchased", "revenue", "large_orders", "order_value", "items_per_order"] as const;
type Metric = (typeof METRICS)[number];

/** Of `load_revenue`, in hours and in its own unit. */
export const REVENUE_WINDOW_HOURS = 48;
export const REVENUE_CAP = 150;
/** Orders of so many items are large. */
export const LARGE_ORDER_ITEMS = 3;
/** What the load's experiments are split by, and the two that watch each other. */
export const DIMENSIONS = ["country", "device"] as const;
export const WATCHED = [0, 1] as const;
/** The kinds of cells that are compared. */
export const KINDS = ["day", "age", "dimension", "joint"] as const satisfies readonly SumsKind[];

export interface ReferenceCell {
  n: number;
  readonly sums: Map<SumName, bigint>;
}

/** Where a cell is; `variant` is "control", "treatment", or "" for those who saw both, and `slice` of a joint cell such a key, too. */
export interface ReferenceKey {
  readonly experiment: number;
  readonly variant: string;
  readonly metric: Metric | "";
  readonly kind: (typeof KINDS)[number];
  readonly name: string;
  readonly slice: string;
}

export const referenceName = ({ experiment, variant, metric, kind, name, slice }: ReferenceKey): string =>
  [experiment, variant, metric, kind, name, slice].join(" | ");

interface Values {
  y: number;
  d: number;
  /** Whether an event counts. */
  any: boolean;
}

const centsOf = (purchases: readonly Purchase[]): number => purchases.reduce((sum, { cents }) => sum + cents, 0);

/** What each metric makes of some of a user's purchases. */
const valuesOf: Readonly<Record<Metric, (purchases: readonly Purchase[]) => Values>> = {
  purchased: ({ length }) => ({ y: length > 0 ? ONE : 0, d: 0, any: length > 0 }),
  revenue: (purchases) => ({
    y: Math.min(centsOf(purchases) * 10_000, REVENUE_CAP * ONE),
    d: 0,
    any: purchases.length > 0,
  }),
  large_orders(purchases) {
    const { length } = purchases.filter(({ items }) => items >= LARGE_ORDER_ITEMS);
    return { y: length * ONE, d: 0, any: length > 0 };
  },
  order_value: (purchases) => ({
    y: centsOf(purchases) * 10_000,
    d: purchases.length * ONE,
    any: purchases.length > 0,
  }),
  items_per_order: (purchases) => ({
    y: purchases.reduce((sum, { items }) => sum + items, 0) * ONE,
    d: purchases.length * ONE,
    any: purchases.length > 0,
  }),
};

const windowOf = (metric: Metric): number =>
  metric === "revenue" ? REVENUE_WINDOW_HOURS * HOUR : Number.POSITIVE_INFINITY;

/** The products that are kept, each with its factors. */
const PRODUCTS = [
  ["yy", "y", "y"],
  ["yd", "y", "d"],
  ["yx", "y", "x"],
  ["ye", "y", "e"],
  ["dd", "d", "d"],
  ["dx", "d", "x"],
  ["de", "d", "e"],
  ["xx", "x", "x"],
  ["xe", "x", "e"],
  ["ee", "e", "e"],
] as const satisfies readonly [SumName, "y" | "d" | "x" | "e", "y" | "d" | "x" | "e"][];

const VARIANTS = ["control", "treatment"] as const;

/**
 * What the sums of a load have to be, from one user's life after the other: written from what the sums are said to mean, and
 * with nothing of the code that counts them.
 */
export class Reference {
  readonly cells = new Map<string, ReferenceCell>();
  /** Distinct events that count, and those that are too old or refused. */
  applied = 0;
  late = 0;
  invalid = 0;

  /** Adds all distinct events of one user. */
  add(life: readonly LifeEvent[]): void {
    for (const { kind } of life) {
      if (kind === "late") this.late++;
      else if (kind === "invalid") this.invalid++;
      else this.applied++;
    }
    const purchases = life.filter((event) => event.kind === "purchase");
    const exposures = Map.groupBy(
      life.filter((event) => event.kind === "exposure"),
      ({ experiment }) => experiment,
    );
    for (const [experiment, seen] of exposures) this.#addExperiment(experiment, seen, exposures, purchases);
  }

  #addExperiment(
    experiment: number,
    seen: readonly Exposure[],
    all: ReadonlyMap<number, readonly Exposure[]>,
    purchases: readonly Purchase[],
  ): void {
    const first = seen.reduce((a, b) => (b.at < a.at ? b : a));
    const day = String(Math.floor(first.at / DAY));
    const key = { experiment, variant: "", metric: "", kind: "day", name: "", slice: day } as const;
    if (isCrossover(seen)) {
      this.#cell(key).n++;
      return;
    }
    const at = { ...key, variant: VARIANTS[first.variant] };
    const slices: ReferenceKey[] = [
      at,
      ...DIMENSIONS.map((name) => ({ ...at, kind: "dimension" as const, name, slice: first[name] })),
      ...joined(experiment, all).map(({ other, variant }) => ({
        ...at,
        kind: "joint" as const,
        name: String(other),
        slice: VARIANTS[variant],
      })),
    ];
    for (const slice of slices) this.#cell(slice).n++;
    for (const metric of METRICS) {
      const counting = purchases.filter(
        (purchase) => purchase.at >= first.at && purchase.at < first.at + windowOf(metric),
      );
      const now = valuesOf[metric](counting);
      const before = valuesOf[metric](
        purchases.filter((purchase) => purchase.at < first.at && dayOf(purchase.at) >= dayOf(first.at) - 14),
      );
      if (now.any || before.y !== 0 || before.d !== 0) {
        const sums = sumsOf({ y: now.y, d: now.d, x: before.y, e: before.d });
        for (const slice of slices) this.#addTo({ ...slice, metric }, now.any, sums);
      }
      for (const [age, ofDay] of Map.groupBy(counting, (purchase) => Math.floor((purchase.at - first.at) / DAY))) {
        const { y, d, any } = valuesOf[metric](ofDay);
        if (any) this.#addTo({ ...at, metric, kind: "age", slice: String(age) }, true, sumsOf({ y, d, x: 0, e: 0 }));
      }
    }
  }

  #cell(key: ReferenceKey): ReferenceCell {
    const name = referenceName(key);
    const found = this.cells.get(name);
    if (found) return found;
    const cell: ReferenceCell = { n: 0, sums: new Map() };
    this.cells.set(name, cell);
    return cell;
  }

  #addTo(key: ReferenceKey, any: boolean, sums: ReadonlyMap<SumName, bigint>): void {
    const cell = this.#cell(key);
    if (any) cell.n++;
    for (const [name, sum] of sums) cell.sums.set(name, (cell.sums.get(name) ?? 0n) + sum);
  }
}

const dayOf = (at: number): number => Math.floor(at / DAY);

const isCrossover = (seen: readonly Exposure[]): boolean => seen.some(({ variant }) => variant !== seen[0]?.variant);

/** The watched experiments that the user is in beside this one. */
const joined = (
  experiment: number,
  all: ReadonlyMap<number, readonly Exposure[]>,
): { readonly other: number; readonly variant: 0 | 1 }[] => {
  if (!WATCHED.some((watched) => watched === experiment)) return [];
  return WATCHED.filter((other) => other !== experiment).flatMap((other) => {
    const seen = all.get(other);
    return seen?.[0] && !isCrossover(seen) ? [{ other, variant: seen[0].variant }] : [];
  });
};

const sumsOf = (values: {
  readonly y: number;
  readonly d: number;
  readonly x: number;
  readonly e: number;
}): Map<SumName, bigint> => {
  const sums = new Map<SumName, bigint>();
  for (const [name, value] of Object.entries(values) as [keyof typeof values, number][])
    if (value !== 0) sums.set(name, BigInt(value));
  for (const [name, a, b] of PRODUCTS)
    if (values[a] !== 0 && values[b] !== 0) sums.set(name, BigInt(values[a]) * BigInt(values[b]));
  return sums;
};
