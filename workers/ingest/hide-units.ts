import type { AcceptedEvent } from "../../contract/event-message.ts";
import { hashUnit } from "../http/hash-unit.ts";

/** What stands for a unit of a type where ids of units are not kept. */
export type HideUnit = (unitType: string, unit: string) => Promise<string>;

/** `hashUnit` for one batch, in which few units are named many times. */
export const createHideUnit = (salt: string): HideUnit => {
  const hidden = new Map<string, Promise<string>>();
  return (unitType, unit) => {
    const name = JSON.stringify([unitType, unit]);
    let hash = hidden.get(name);
    if (!hash) hidden.set(name, (hash = hashUnit(salt, unitType, unit)));
    return hash;
  };
};

/** The same event of units that nobody recognises. */
export const hideUnits = async (event: AcceptedEvent, hideUnit: HideUnit): Promise<AcceptedEvent> => ({
  ...event,
  units: await Promise.all(
    event.units.map(async ([type, unit]): Promise<[string, string]> => [type, await hideUnit(type, unit)]),
  ),
});

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What an event may have besides its units. */
const FIELDS = [
  "event_id",
  "type",
  "timestamp",
  "experiment_key",
  "variant_key",
  "config_version",
  "context",
  "name",
  "value",
  "properties",
];

/**
 * What is kept of an event that was refused: the fields that an event has, with its units hidden. A field of another name
 * may be a misspelt unit, and so may whatever is no object.
 */
export const hideRefusedUnits = async (input: unknown, hideUnit: HideUnit): Promise<unknown> => {
  if (!isObject(input)) return null;
  const { user_id, units } = input;
  const kept = FIELDS.flatMap((field) => (field in input ? [[field, input[field]] as const] : []));
  const named = isObject(units) ? Object.entries(units) : [];
  const hidden = await Promise.all(
    named.flatMap(([type, unit]) =>
      typeof unit === "string" ? [hideUnit(type, unit).then((hash) => [type, hash] as const)] : [],
    ),
  );
  return {
    ...Object.fromEntries(kept),
    ...(typeof user_id === "string" && { user_id: await hideUnit("user_id", user_id) }),
    ...(hidden.length > 0 && { units: Object.fromEntries(hidden) }),
  };
};
