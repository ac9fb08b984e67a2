import { and, asc, eq, inArray, ne, or, sql } from "drizzle-orm";
import type { Experiment, ExperimentStatus } from "../contract/experiment.ts";
import type { Flag } from "../contract/flag.ts";
import type { JsonValue } from "../contract/json.ts";
import type { Prerequisite } from "../contract/prerequisite.ts";
import { isOneOf, open } from "./database.ts";
import { experiments, flags, variants } from "./schema.ts";

/** What can ask for others as prerequisites, and be asked for. */
export interface Definition {
  readonly kind: "experiment" | "flag";
  readonly key: string;
}

/** As much of an experiment as those who refer to it need. */
export interface ReferredExperiment {
  readonly id: string;
  readonly key: string;
  readonly unit_type: string;
  readonly status: ExperimentStatus;
  readonly variants: readonly { readonly key: string; readonly is_control: boolean; readonly config: JsonValue }[];
}

/** Those of the references (keys or ids) that exist, in no particular order. */
export const findReferredExperiments = async (
  d1: D1Database,
  references: readonly string[],
): Promise<ReferredExperiment[]> =>
  references.length === 0
    ? []
    : open(d1).query.experiments.findMany({
        columns: { id: true, key: true, unit_type: true, status: true },
        where: or(isOneOf(experiments.key, references), isOneOf(experiments.id, references)),
        with: { variants: { columns: { key: true, is_control: true, config: true }, orderBy: asc(variants.position) } },
      });

const askedFor = (prerequisites: readonly Prerequisite[]): Definition[] =>
  prerequisites.map((each) =>
    "flag" in each ? { kind: "flag", key: each.flag } : { kind: "experiment", key: each.experiment },
  );

const keysOf = (definitions: readonly Definition[], kind: Definition["kind"]): string[] =>
  definitions.filter((each) => each.kind === kind).map(({ key }) => key);

/**
 * What each of the definitions cannot be decided without: what it has as prerequisites, and for a flag the experiments that
 * hang on it, in whichever environment.
 */
export const readNeeds = async (
  d1: D1Database,
  definitions: readonly Definition[],
): Promise<{ readonly by: Definition; readonly needed: readonly Definition[] }[]> => {
  const db = open(d1);
  const [experimentRows, flagRows] = await db.batch([
    db
      .select({ key: experiments.key, prerequisites: experiments.prerequisites })
      .from(experiments)
      .where(isOneOf(experiments.key, keysOf(definitions, "experiment"))),
    db
      .select({ key: flags.key, prerequisites: flags.prerequisites, environments: flags.environments })
      .from(flags)
      .where(isOneOf(flags.key, keysOf(definitions, "flag"))),
  ]);
  return [
    ...experimentRows.map(({ key, prerequisites }) => ({
      by: { kind: "experiment" as const, key },
      needed: askedFor(prerequisites),
    })),
    ...flagRows.map(({ key, prerequisites, environments }) => ({
      by: { kind: "flag" as const, key },
      needed: [
        ...askedFor(prerequisites),
        ...Object.values(environments)
          .flatMap(({ rules }) => rules.map((rule) => rule.experiment))
          .filter((experiment) => experiment !== null)
          .map((experiment): Definition => ({ kind: "experiment", key: experiment })),
      ],
    })),
  ];
};

/** What depends on a definition, and as much of it as says how. */
export type Dependent =
  | ({ readonly kind: "experiment" } & Pick<Experiment, "key" | "prerequisites">)
  | ({ readonly kind: "flag" } & Pick<Flag, "key" | "type" | "prerequisites" | "environments">);

/** The experiments and flags, archived ones aside, that have the definition as a prerequisite or a rule. */
export const readDependents = async (d1: D1Database, { kind, key }: Definition): Promise<Dependent[]> => {
  const db = open(d1);
  const hasPrerequisite = (column: typeof experiments.prerequisites | typeof flags.prerequisites) =>
    sql`EXISTS (SELECT 1 FROM json_each(${column}) AS each WHERE each.value ->> ${`$.${kind}`} = ${key})`;
  const hasRule = sql`EXISTS (
    SELECT 1 FROM json_each(${flags.environments}) AS place, json_each(place.value, '$.rules') AS rule
    WHERE rule.value ->> '$.experiment' = ${key})`;
  const [experimentRows, flagRows] = await db.batch([
    db
      .select({ key: experiments.key, prerequisites: experiments.prerequisites })
      .from(experiments)
      .where(and(ne(experiments.status, "archived"), hasPrerequisite(experiments.prerequisites)))
      .orderBy(asc(experiments.key)),
    db
      .select({
        key: flags.key,
        type: flags.type,
        prerequisites: flags.prerequisites,
        environments: flags.environments,
      })
      .from(flags)
      .where(
        and(
          eq(flags.archived, false),
          kind === "experiment"
            ? or(hasPrerequisite(flags.prerequisites), hasRule)
            : hasPrerequisite(flags.prerequisites),
        ),
      )
      .orderBy(asc(flags.key)),
  ]);
  return [
    ...experimentRows.map((row): Dependent => ({ kind: "experiment", ...row })),
    ...flagRows.map((row): Dependent => ({ kind: "flag", ...row })),
  ];
};

/** The running and paused experiments whose targeting asks for one of the audiences itself, by key. */
export const listExperimentsTargeting = async (
  d1: D1Database,
  audienceKeys: readonly string[],
): Promise<{ readonly key: string; readonly status: ExperimentStatus }[]> =>
  open(d1)
    .select({ key: experiments.key, status: experiments.status })
    .from(experiments)
    .where(
      and(
        inArray(experiments.status, ["running", "paused"]),
        sql`EXISTS (
          SELECT 1 FROM json_tree(${experiments.rules}) AS node
          WHERE node.key = 'operator' AND node.value IN ('in_audience', 'not_in_audience')
            AND json_extract(${experiments.rules}, node.path || '.value')
              IN (SELECT value FROM json_each(${JSON.stringify(audienceKeys)})))`,
      ),
    )
    .orderBy(asc(experiments.key))
    .all();
