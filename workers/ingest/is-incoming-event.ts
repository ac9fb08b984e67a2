import { type IncomingEvent, MAX_TIMESTAMP_LENGTH, TIMESTAMP_TEXT } from "../../contract/event.ts";
import { MAX_NESTING } from "./limits.ts";

/** `z.string().min(1).max(maxLength)`. */
const isText = (value: unknown, maxLength: number): boolean =>
  typeof value === "string" && value.length > 0 && value.length <= maxLength;

const isOptionalText = (value: unknown, maxLength: number): boolean => value === undefined || isText(value, maxLength);

/** What is made by braces, and no instance of anything. */
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;

const isTimestamp = (value: unknown): boolean =>
  typeof value === "number"
    ? Number.isSafeInteger(value) && value >= 0
    : typeof value === "string" && value.length <= MAX_TIMESTAMP_LENGTH && TIMESTAMP_TEXT.test(value);

/** Whether the value is JSON, and neither it nor what is in it is nested deeper than `depth` containers. */
const isJson = (value: unknown, depth: number): boolean => {
  if (typeof value === "string" || typeof value === "boolean" || value === null) return true;
  if (typeof value === "number") return Number.isFinite(value);
  if (depth === 0) return false;
  if (Array.isArray(value)) return value.every((each) => isJson(each, depth - 1));
  return isJsonObject(value, depth, Infinity);
};

/** Whether it is an object of JSON whose names have `maxLength` characters at most; at least one, if there is such a bound. */
const isJsonObject = (value: unknown, depth: number, maxLength: number): boolean => {
  if (!isObject(value)) return false;
  for (const key in value) {
    if (key === "__proto__" || key.length > maxLength || (key === "" && maxLength < Infinity)) return false;
    if (!isJson(value[key], depth - 1)) return false;
  }
  return true;
};

const isUnits = (value: unknown): boolean => {
  if (!isObject(value)) return false;
  let count = 0;
  for (const type in value) {
    if (type === "__proto__" || !isText(type, 60) || !isText(value[type], 256)) return false;
    count++;
  }
  return count >= 1 && count <= 5;
};

/**
 * Whether a parsed event is what the schema `IncomingEvent` takes and reads unchanged: the same verdict for all JSON, at a
 * small part of the cost. It says no to two kinds of events that the schema takes: those with a name `__proto__`, which the schema leaves out, and
 * those that are nested deeper than an event may be. So a no is to be asked of the schema again, which also says what is wrong.
 */
export const isIncomingEvent = (input: unknown): input is IncomingEvent => {
  if (!isObject(input)) return false;
  const isExposure = input["type"] === "exposure";
  if (!isExposure && input["type"] !== "metric") return false;
  for (const key in input)
    switch (key) {
      case "type":
      case "event_id":
      case "timestamp":
      case "user_id":
      case "units":
        break;
      case "experiment_key":
      case "variant_key":
      case "config_version":
      case "context":
        if (!isExposure) return false;
        break;
      case "name":
      case "value":
      case "properties":
        if (isExposure) return false;
        break;
      default:
        return false;
    }
  const { user_id, units } = input;
  if (user_id === undefined && units === undefined) return false;
  if (!isText(input["event_id"], 100) || !isTimestamp(input["timestamp"])) return false;
  if (!isOptionalText(user_id, 256) || (units !== undefined && !isUnits(units))) return false;
  return isExposure ? isExposed(input) : isMeasured(input);
};

/** What only exposures have. */
const isExposed = (input: Readonly<Record<string, unknown>>): boolean => {
  const { config_version, context } = input;
  return (
    isText(input["experiment_key"], 100) &&
    isText(input["variant_key"], 100) &&
    (config_version === undefined || (Number.isSafeInteger(config_version) && Number(config_version) >= 0)) &&
    (context === undefined || isJsonObject(context, MAX_NESTING - 1, Infinity))
  );
};

/** What only metric events have. */
const isMeasured = (input: Readonly<Record<string, unknown>>): boolean => {
  const { value, properties } = input;
  return (
    isText(input["name"], 100) &&
    (value === undefined || (typeof value === "number" && value >= -1e9 && value <= 1e9)) &&
    (properties === undefined || isJsonObject(properties, MAX_NESTING - 1, 100))
  );
};
