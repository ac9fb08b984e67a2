import type { Definition, PlannedMetric } from "./counting-plan.ts";
import { RecentMap } from "./recent-map.ts";
import type { Terms } from "./terms.ts";

export interface BoundMetric {
  readonly metric: PlannedMetric;
  /** The term of its id. */
  readonly id: number;
  /** Terms of its sides. */
  readonly numerator: number;
  readonly denominator: number | undefined;
}

/** A definition with its terms looked up. */
export interface BoundDefinition {
  readonly definition: Definition;
  /** The term of the experiment's id. */
  readonly id: number;
  readonly metrics: readonly BoundMetric[];
  /** Of an interleaving test: the terms of the first two variants' keys. */
  readonly teams: readonly number[];
  /** Dimensions in order, with the terms of their names. */
  readonly dimensions: readonly { readonly name: string; readonly term: number }[];
  /** Watched experiments, with the terms of their ids. */
  readonly watched: readonly { readonly id: string; readonly term: number }[];
}

const bind = (definition: Definition, terms: Terms): BoundDefinition => ({
  definition,
  id: terms.idOf(definition.id),
  metrics: definition.metrics.map((metric) => ({
    metric,
    id: terms.idOf(metric.id),
    numerator: terms.idOf(metric.numerator),
    denominator: metric.denominator === null ? undefined : terms.idOf(metric.denominator),
  })),
  teams: definition.is_interleaving ? definition.variants.slice(0, 2).map(({ key }) => terms.idOf(key)) : [],
  dimensions: definition.dimensions.map((name) => ({ name, term: terms.idOf(name) })),
  watched: definition.watched.map((id) => ({ id, term: terms.idOf(id) })),
});

/** Definitions that are kept read: those that units were counted by last, and twice as many at most. Each takes some kilobytes. */
const KEPT = 1_000;

const known = new WeakMap<Terms, RecentMap<number, BoundDefinition>>();

/** The definition that a term stands for. Read once, as long as it is used: units by the thousand are counted by it. */
export const definitionOf = (term: number, terms: Terms): BoundDefinition => {
  let definitions = known.get(terms);
  if (!definitions) known.set(terms, (definitions = new RecentMap(KEPT)));
  let definition = definitions.get(term);
  if (!definition) definitions.set(term, (definition = bind(JSON.parse(terms.textOf(term)) as Definition, terms)));
  return definition;
};
