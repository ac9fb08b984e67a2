import type { RulesetFlag } from "../contract/ruleset.ts";
import { rulesetHash } from "./ruleset-hash.ts";

/** What of a ruleset always stays as it is now, whatever is rolled back: who may ask, the kill switch, and how to count. */
const PRESENT_FIELDS = ["environment", "enabled", "generation", "shards", "keys"] as const;

/** The format that can be taken apart here. Rulesets of another one can be read by nobody any more. */
const FORMAT = 2;

type Fields = Readonly<Record<string, unknown>> & { readonly flags?: readonly RulesetFlag[] };

/** The fields of a ruleset's text; `undefined` for one of another format. */
const fieldsOf = (text: string): Fields | undefined => {
  const fields: Fields = JSON.parse(text);
  return fields["format"] === FORMAT ? fields : undefined;
};

/**
 * A hash of a ruleset's definitions: all of it but what a rollback leaves alone. Equal for two texts that differ in no more
 * than that, as long as the same version of `core/encode-ruleset.ts` wrote both. `undefined` for an unknown format.
 *
 * With the text that it came after, flags that this one does not have are left out while they are off: whoever makes a flag
 * for one environment puts it, switched off, in the rulesets of all others, and has changed nothing there.
 */
export const definitionsHash = async (text: string, superseded?: string): Promise<string | undefined> => {
  const fields = fieldsOf(text);
  if (!fields) return undefined;
  const definitions: Record<string, unknown> = { ...fields };
  for (const field of PRESENT_FIELDS) delete definitions[field];
  if (superseded !== undefined)
    definitions["flags"] = withoutNewOnesThatAreOff(fields.flags, fieldsOf(superseded)?.flags);
  return rulesetHash(JSON.stringify(definitions));
};

const withoutNewOnesThatAreOff = (flags: Fields["flags"], before: Fields["flags"] = []): Fields["flags"] => {
  const known = new Set(before.map(({ key }) => key));
  return flags?.filter(({ key, enabled }) => enabled || known.has(key));
};

/** The old text's definitions with the present one's other fields; `undefined` when either is of an unknown format. */
export const withDefinitionsOf = (old: string, present: string): string | undefined => {
  const [oldFields, presentFields] = [fieldsOf(old), fieldsOf(present)];
  if (!oldFields || !presentFields) return undefined;
  return JSON.stringify({
    ...oldFields,
    ...Object.fromEntries(PRESENT_FIELDS.map((field) => [field, presentFields[field]])),
  });
};
