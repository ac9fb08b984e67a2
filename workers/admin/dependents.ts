import type { Experiment } from "../../contract/experiment.ts";
import type { Flag } from "../../contract/flag.ts";
import type { Prerequisite } from "../../contract/prerequisite.ts";
import { readDependents } from "../../d1/dependencies.ts";
import type { Dependent } from "../../d1/dependencies.ts";
import { listOverridesBut } from "../../d1/overrides.ts";
import { Problem } from "../http/problem.ts";
import { canBeNull, fitOf } from "./flag-values.ts";

const refuse = (path: string, messages: readonly string[]): void => {
  const errors = messages.map((message) => ({ path, message }));
  const [first] = errors;
  if (first) throw new Problem(422, "invalid_request", `${path}: ${first.message}`, { errors });
};

type Changed = Pick<Experiment, "key" | "status" | "variants">;

/** What a flag's rules lack when the experiment that hangs on them has become another one. */
const unvalued = (flag: Dependent & { readonly kind: "flag" }, experiment: Changed): string[] => {
  const fits = Object.values(flag.environments)
    .flatMap(({ rules }) => rules)
    .filter((rule) => rule.experiment === experiment.key)
    .map((rule) => fitOf(flag.type, rule.values, experiment));
  const silent = new Set(fits.flatMap((fit) => fit.silent));
  const stray = new Set(fits.flatMap((fit) => fit.stray));
  return [
    ...(silent.size > 0
      ? [
          `The flag ${flag.key} would have no value of type ${flag.type} for ${[...silent].join(", ")}: give it values for these first, or keep payloads of that type.`,
        ]
      : []),
    ...(stray.size > 0
      ? [
          `The flag ${flag.key} has values for ${[...stray].join(", ")}, and the experiment no such variant: leave them out of the flag first.`,
        ]
      : []),
  ];
};

const variantsAsked = (prerequisites: readonly Prerequisite[], experiment: string): string[] =>
  prerequisites.flatMap((each) => ("experiment" in each && each.experiment === experiment ? each.variants : []));

/** The variants that a dependent waits for, and that are gone. */
const unmet = ({ kind, key, prerequisites }: Dependent, experiment: Changed): string[] => {
  const gone = new Set(variantsAsked(prerequisites, experiment.key));
  for (const variant of experiment.variants) gone.delete(variant.key);
  if (gone.size === 0) return [];
  const names = [...gone].join(", ");
  const [variants, them] = gone.size === 1 ? ["variant", "it"] : ["variants", "them"];
  return [
    `The ${kind} ${key} has the ${variants} ${names} as a prerequisite: keep the ${variants}, or take ${them} out of its prerequisites first.`,
  ];
};

/** So many overrides are named; of the others there is a number. */
const MOST_NAMED = 5;

/** The overrides that give a variant which is gone. */
const groundless = async (d1: D1Database, { key, variants }: Changed): Promise<string[]> => {
  const overrides = await listOverridesBut(
    d1,
    key,
    variants.map((variant) => variant.key),
  );
  return [...Map.groupBy(overrides, ({ variant }) => variant)].map(([variant, those]) => {
    const named = those.slice(0, MOST_NAMED).map(({ id }) => id);
    const more = those.length > named.length ? ` and ${those.length - named.length} more` : "";
    const [overrides, give, them] = those.length === 1 ? ["override", "gives", "it"] : ["overrides", "give", "them"];
    return `The ${overrides} ${named.join(", ")}${more} ${give} the variant ${variant}: keep the variant, or delete ${them} first.`;
  });
};

/**
 * Refuses with 422 `invalid_request` at `variants` an experiment whose variants break what depends on it, naming each: a flag's
 * rule without a value of the flag's type for a variant, which would be served the default in every variant and show no
 * difference; a prerequisite that names a variant which is gone, and could never hold; an override that gives one. Such an override
 * is not dropped with the edit: the unit would be counted from then on, and nobody would have asked for that.
 *
 * Only the variants of a draft change, so its edit is where this can come up; whatever becomes running is looked at again, for what
 * was stored before anybody looked. Archived experiments and flags do not count: a flag is looked at when it is brought back.
 */
export const checkDependents = async (d1: D1Database, experiment: Changed): Promise<void> => {
  const dependents = await readDependents(d1, { kind: "experiment", key: experiment.key });
  refuse("variants", [
    ...dependents.flatMap((each) => [
      ...(each.kind === "flag" ? unvalued(each, experiment) : []),
      ...unmet(each, experiment),
    ]),
    ...(await groundless(d1, experiment)),
  ]);
};

/**
 * Refuses with 422 `invalid_request` a flag that can no longer be decided null while others have null as a prerequisite, at the
 * field that took it away.
 */
export const checkStaysNull = async (d1: D1Database, before: Flag, after: Flag): Promise<void> => {
  if (!canBeNull(before) || canBeNull(after)) return;
  const dependents = await readDependents(d1, { kind: "flag", key: after.key });
  refuse(
    before.default_value === null ? "default_value" : "off_value",
    dependents
      .filter(({ prerequisites }) =>
        prerequisites.some((each) => "flag" in each && each.flag === after.key && each.value === null),
      )
      .map(
        ({ kind, key }) =>
          `The ${kind} ${key} has null as a prerequisite, which this flag would never be: change its prerequisites first, or leave the field null.`,
      ),
  );
};
