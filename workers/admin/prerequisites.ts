import type { Prerequisite } from "../../contract/prerequisite.ts";
import { readDependents, readNeeds } from "../../d1/dependencies.ts";
import type { Definition } from "../../d1/dependencies.ts";
import { Problem } from "../http/problem.ts";

/** Something that a definition cannot be decided without, and the field that says so. */
export interface Need {
  readonly definition: Definition;
  readonly path: string;
}

const nameOf = ({ kind, key }: Definition): string => `${kind} ${key}`;

/**
 * Refuses with 422 `prerequisite_cycle` what would come back to itself: whoever waits for one of the `needs` must not be
 * waited for by it. Flags and experiments are walked alike, and an experiment that hangs on a flag is one of the flag's needs.
 */
export const checkNoCycle = async (d1: D1Database, self: Definition, needs: readonly Need[]): Promise<void> => {
  /** How the walk came to each definition: the field it began with, and what it went through. */
  const trails = new Map<string, { readonly path: string; readonly through: readonly Definition[] }>();
  const reach = (definition: Definition, path: string, before: readonly Definition[]): Definition[] => {
    const through = [...before, definition];
    if (nameOf(definition) === nameOf(self)) {
      const circle = [self, ...through].map(nameOf).join(" → ");
      const message = `This goes round in a circle: ${circle}. Leave one of these out.`;
      throw new Problem(422, "prerequisite_cycle", `${path}: ${message}`, { errors: [{ path, message }] });
    }
    if (trails.has(nameOf(definition))) return [];
    trails.set(nameOf(definition), { path, through });
    return [definition];
  };
  let frontier = needs.flatMap(({ definition, path }) => reach(definition, path, []));
  while (frontier.length > 0) {
    const level = await readNeeds(d1, frontier);
    frontier = level.flatMap(({ by, needed }) => {
      const trail = trails.get(nameOf(by));
      return trail ? needed.flatMap((each) => reach(each, trail.path, trail.through)) : [];
    });
  }
};

/** The needs that prerequisites by key are. */
export const needsIn = (prerequisites: readonly Prerequisite[], path: string): Need[] =>
  prerequisites.map((each, index) =>
    "flag" in each
      ? { definition: { kind: "flag", key: each.flag }, path: `${path}.${index}.flag` }
      : { definition: { kind: "experiment", key: each.experiment }, path: `${path}.${index}.experiment` },
  );

/** Refuses with 409 `conflict` to archive what others depend on, naming them. */
export const checkNobodyDepends = async (d1: D1Database, self: Definition, path: string): Promise<void> => {
  const dependents = await readDependents(d1, self);
  if (dependents.length === 0) return;
  const message = `Depended on by ${dependents.map(nameOf).join(", ")}: change or archive ${dependents.length === 1 ? "it" : "them"} first.`;
  throw new Problem(409, "conflict", `The ${nameOf(self)} cannot be archived. ${message}`, {
    errors: [{ path, message }],
  });
};
