import { parseArgs } from "node:util";
import { Failure } from "../../scripts/steps.ts";
import type { Workload } from "./workload.ts";

export const usage = `Usage: npm run load -- [options]
  Loads the running local platform and compares what it counted with what was sent.
  --events 1000000        events that are sent
  --users 100000          whom they are of
  --experiments 5         that the users are in
  --duplicates 0.1        share of the events that are sent twice
  --batch 50              events a batch
  --order shuffled        or user: all of a user's together
  --connections 16        side by side
  --events-per-second     no faster than this
  --probes 8              events whose way into the counts is timed
  --environment production
  --seed 1                the same seed sends the same`;

/** What is to be done. */
export interface LoadOptions {
  /** Without the moment that it begins at. */
  readonly workload: Omit<Workload, "now">;
  readonly connections: number;
  readonly eventsPerSecond?: number;
  readonly probes: number;
  readonly environment: string;
}

const options = {
  events: { type: "string", default: "1000000" },
  users: { type: "string", default: "100000" },
  experiments: { type: "string", default: "5" },
  duplicates: { type: "string", default: "0.1" },
  batch: { type: "string", default: "50" },
  order: { type: "string", default: "shuffled" },
  connections: { type: "string", default: "16" },
  "events-per-second": { type: "string" },
  probes: { type: "string", default: "8" },
  environment: { type: "string", default: "production" },
  seed: { type: "string", default: "1" },
  help: { type: "boolean", short: "h", default: false },
} as const;

const parse = (args: readonly string[]) => {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    // Node goes on with advice about positional arguments, of which there are none.
    const [reason = ""] = (error instanceof Error ? error.message : String(error)).split(/\. |\n/, 1);
    throw new Failure(`${reason.replace(/\.$/, "")}. See npm run load -- --help`);
  }
};

const whole = (name: string, text: string, min: number, max: number): number => {
  const value = Number(text);
  if (text.trim() === "" || !Number.isInteger(value) || value < min || value > max)
    throw new Failure(`--${name} is a whole number from ${min} to ${max}.`);
  return value;
};

const share = (name: string, text: string, below: number): number => {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0 && value < below))
    throw new Failure(`--${name} is a share from 0 to less than ${below}.`);
  return value;
};

const orderOf = (text: string): Workload["order"] => {
  if (text !== "shuffled" && text !== "user") throw new Failure("--order is shuffled or user.");
  return text;
};

/** What the arguments of the command line ask for; undefined when that is the {@link usage}. Throws a {@link Failure} of one line. */
export const readOptions = (args: readonly string[]): LoadOptions | undefined => {
  const values = parse(args);
  if (values.help) return undefined;
  const perSecond = values["events-per-second"];
  return {
    workload: {
      events: whole("events", values.events, 1, 5_000_000),
      users: whole("users", values.users, 1, 2_000_000),
      experiments: whole("experiments", values.experiments, 1, 50),
      duplicates: share("duplicates", values.duplicates, 1),
      batch: whole("batch", values.batch, 1, 500),
      order: orderOf(values.order),
      seed: whole("seed", values.seed, 0, 2 ** 31),
    },
    connections: whole("connections", values.connections, 1, 256),
    ...(perSecond !== undefined && { eventsPerSecond: whole("events-per-second", perSecond, 1, 1_000_000) }),
    probes: whole("probes", values.probes, 0, 32),
    environment: values.environment,
  };
};
