import type { Definition, PlannedMetric } from "./counting-plan.ts";
import type { Terms } from "./terms.ts";

export interface BoundMetric {
  readonly metric: PlannedMetric;
  /** The term of its id. */
  readonly id: number;
}

/** Where a reading goes. */
export interface Use {
  readonly bound: BoundMetric;
  readonly isDenominator: boolean;
}

/** A definition with its terms looked up. */
export interface BoundDefinition {
  readonly definition: Definition;
  /** The term of the experiment's id. */
  readonly id: number;
  readonly metrics: readonly BoundMetric[];
  /** By term of a side. */
  readonly uses: ReadonlyMap<number, readonly Use[]>;
  /** Of an interleaving test: the terms of the first two variants' keys. */
  readonly teams: readonly number[];
  /** Dimensions in order, with the terms of their names. */
  readonly dimensions: readonly { readonly name: string; readonly term: number }[];
  /** Watched experiments, with the terms of their ids. */
  readonly watched: readonly { readonly id: string; readonly term: number }[];
}

const bind = (definition: Definition, terms: Terms): BoundDefinition => {
  const metrics = definition.metrics.map((metric) => ({ metric, id: terms.idOf(metric.id) }));
  const uses = new Map<number, Use[]>();
  const use = (side: string, bound: BoundMetric, isDenominator: boolean): void => {
    const id = terms.idOf(side);
    const known = uses.get(id);
    if (known) known.push({ bound, isDenominator });
    else uses.set(id, [{ bound, isDenominator }]);
  };
  for (const bound of metrics) {
    const { numerator, denominator } = bound.metric;
    use(numerator, bound, false);
    if (denominator !== null) use(denominator, bound, true);
  }
  return {
    definition,
    id: terms.idOf(definition.id),
    metrics,
    uses,
    teams: definition.is_interleaving ? definition.variants.slice(0, 2).map(({ key }) => terms.idOf(key)) : [],
    dimensions: definition.dimensions.map((name) => ({ name, term: terms.idOf(name) })),
    watched: definition.watched.map((id) => ({ id, term: terms.idOf(id) })),
  };
};

const known = new WeakMap<Terms, (BoundDefinition | undefined)[]>();

/** The definition that a term stands for. Read once: units by the thousand are counted by it. */
export const definitionOf = (term: number, terms: Terms): BoundDefinition => {
  let definitions = known.get(terms);
  if (!definitions) known.set(terms, (definitions = []));
  return (definitions[term] ??= bind(JSON.parse(terms.textOf(term)) as Definition, terms));
};
