import { isOfType } from "../../contract/flag-value.ts";
import type { Flag, FlagChange, FlagEnvironment, FlagRule, NewFlag, NewFlagRule } from "../../contract/flag.ts";
import type { JsonValue } from "../../contract/json.ts";
import { audiencesAskedFor } from "../../contract/targeting.ts";
import { fitOf } from "./flag-values.ts";
import { checkNoCycle, needsIn } from "./prerequisites.ts";
import type { Need } from "./prerequisites.ts";
import { References, namedIn, noVariant } from "./references.ts";
import { typeInWords } from "./type-in-words.ts";

type NewEnvironments = NonNullable<NewFlag["environments"]>;

/** The request that would make the rule as it is now. */
const ruleAsWritten = (rule: FlagRule): NewFlagRule => ({
  ...(rule.name !== "" && { name: rule.name }),
  conditions: rule.conditions,
  ...(rule.experiment === null
    ? rule.variant === null
      ? { value: rule.value }
      : { variant: rule.variant }
    : { experiment: rule.experiment }),
  ...(rule.rollout !== null && { rollout: rule.rollout }),
  ...(rule.schedule.length > 0 && { schedule: rule.schedule }),
  ...(rule.unit_type !== null && { unit_type: rule.unit_type }),
  ...(rule.salt !== null && { salt: rule.salt }),
  ...(rule.values !== null && { values: rule.values }),
});

/** A flag's request, written again with changes. Environments that are not named stay as they are. */
export const rewrittenFlag = (flag: Flag, change: FlagChange): NewFlag => {
  const { archived: _archived, default_value = flag.default_value, ...changed } = change;
  const { key, type, name, description, unit_type, variants, metadata, prerequisites, server_only } = flag;
  const environments: NewEnvironments = Object.fromEntries(
    Object.entries(flag.environments).map(([place, { enabled, rules }]) => [
      place,
      { enabled, rules: rules.map(ruleAsWritten) },
    ]),
  );
  return {
    key,
    type,
    name,
    description,
    unit_type,
    ...("off_value" in flag && { off_value: flag.off_value }),
    variants,
    metadata,
    prerequisites,
    server_only,
    ...changed,
    default_value,
    environments: { ...environments, ...change.environments },
  };
};

/** What stays when a flag is written again. */
type Identity = Pick<Flag, "id" | "salt" | "archived" | "revision" | "created_at" | "updated_at">;

/** Settles the rules of one flag, remembering every mistake in `references`. */
class Rules {
  readonly #flag: NewFlag;
  readonly #references: References;
  /** The experiments that hang on the flag. */
  readonly needs: Need[] = [];

  constructor(flag: NewFlag, references: References) {
    this.#flag = flag;
    this.#references = references;
  }

  /** Remembers a value at `path` that is not of the flag's type. */
  checkValue(value: JsonValue, path: string): void {
    const { type } = this.#flag;
    if (!isOfType(type, value))
      this.#references.mistake(path, `Use ${typeInWords(type)}: the flag is of type ${type}.`);
  }

  environment({ enabled, rules }: NewEnvironments[string], path: string): FlagEnvironment {
    return { enabled, rules: rules.map((rule, index) => this.#rule(rule, `${path}.rules.${index}`)) };
  }

  #rule(rule: NewFlagRule, path: string): FlagRule {
    return {
      name: rule.name ?? "",
      conditions: this.#references.conditions(rule.conditions ?? [], `${path}.conditions`),
      value: rule.experiment === undefined ? this.#value(rule, path) : null,
      variant: rule.variant ?? null,
      rollout: rule.rollout ?? null,
      schedule: rule.schedule ?? [],
      unit_type: rule.unit_type ?? null,
      salt: rule.salt ?? null,
      experiment: rule.experiment === undefined ? null : this.#experiment(rule.experiment, rule, path),
      values: rule.values ?? null,
    };
  }

  /** The value that a rule says itself, or by its name. */
  #value({ value = null, variant }: NewFlagRule, path: string): JsonValue {
    if (variant === undefined) {
      this.checkValue(value, `${path}.value`);
      return value;
    }
    const { variants = {} } = this.#flag;
    if (Object.hasOwn(variants, variant)) return variants[variant] ?? null;
    const names = Object.keys(variants);
    const known = names.length === 0 ? "the flag has none; name values in variants" : `use ${names.join(", ")}`;
    this.#references.mistake(`${path}.variant`, `No value is called ${JSON.stringify(variant)}: ${known}.`);
    return null;
  }

  /** The key of the experiment, each of whose variants must be worth a value. */
  #experiment(reference: string, { values = {} }: NewFlagRule, path: string): string {
    for (const [variant, value] of Object.entries(values)) this.checkValue(value, `${path}.values.${variant}`);
    const experiment = this.#references.experiment(reference, `${path}.experiment`);
    if (!experiment) return reference;
    const { key, variants } = experiment;
    const { type } = this.#flag;
    const { silent, stray } = fitOf(type, values, experiment);
    const keys = variants.map((variant) => variant.key);
    for (const variant of stray) this.#references.misfit(`${path}.values.${variant}`, noVariant(key, variant, keys));
    if (silent.length > 0)
      this.#references.misfit(
        `${path}.values`,
        `Give values for ${silent.join(", ")}: what the experiment ${key} answers there is not of type ${type}.`,
      );
    this.needs.push({ definition: { kind: "experiment", key }, path: `${path}.experiment` });
    return key;
  }
}

const conditionsIn = (environments: NewEnvironments) =>
  Object.values(environments).flatMap(({ rules }) => rules.flatMap(({ conditions = [] }) => conditions));

/**
 * The flag that a request describes, with every default, reference and value settled.
 *
 * Throws, naming every mistake of a kind: 400 `invalid_request` for values of another type, unsafe patterns and groups too
 * deep; 422 `unknown_reference` for what does not exist; 422 `invalid_request` for variants without a value of the flag's
 * type; 422 `prerequisite_cycle`.
 */
export const resolveFlag = async (d1: D1Database, written: NewFlag, identity: Identity): Promise<Flag> => {
  const { key, type, environments: places = {}, variants = {}, prerequisites: asked = [] } = written;
  const named = namedIn(asked);
  const references = await References.load(d1, {
    environment: Object.keys(places),
    audience: audiencesAskedFor(conditionsIn(places)),
    experiment: [
      ...named.experiment,
      ...Object.values(places).flatMap(({ rules }) => rules.flatMap(({ experiment = [] }) => experiment)),
    ],
    flag: named.flag,
  });
  const settled = new Rules(written, references);
  if (written.default_value !== null) settled.checkValue(written.default_value, "default_value");
  if (written.off_value !== undefined && written.off_value !== null) settled.checkValue(written.off_value, "off_value");
  for (const [name, value] of Object.entries(variants)) settled.checkValue(value, `variants.${name}`);
  const environments = Object.fromEntries(
    Object.entries(places).map(([place, each]) => {
      const path = `environments.${place}`;
      return [references.key("environment", place, path), settled.environment(each, path)];
    }),
  );
  const prerequisites = references.prerequisites(asked, "prerequisites");
  references.check();
  await checkNoCycle(d1, { kind: "flag", key }, [...needsIn(prerequisites, "prerequisites"), ...settled.needs]);
  const { id, salt, archived, revision, created_at, updated_at } = identity;
  return {
    id,
    salt,
    archived,
    revision,
    created_at,
    updated_at,
    key,
    type,
    name: written.name ?? key,
    description: written.description ?? "",
    unit_type: written.unit_type ?? "user_id",
    default_value: written.default_value,
    ...(written.off_value !== undefined && { off_value: written.off_value }),
    variants,
    metadata: written.metadata ?? {},
    prerequisites,
    server_only: written.server_only ?? false,
    environments,
  };
};
