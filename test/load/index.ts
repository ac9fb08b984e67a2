/**
 * Loads the running local platform and compares what it counted with what was sent:
 *
 *     npm run load -- [--events 1000000] [--users 100000] [--experiments 5] [--duplicates 0.1] [--batch 50] [--order shuffled|user]
 *                     [--connections 16] [--events-per-second 20000] [--probes 8] [--environment production] [--seed 1]
 */
import { parseArgs } from "node:util";
import { createAdminClient } from "../../scripts/admin-client.ts";
import { readLocalAccess, stateDirOf } from "../../scripts/local-access.ts";
import { Failure, Progress, runScript } from "../../scripts/steps.ts";
import { ledgerMistakes, reportText } from "./report.ts";
import { runLoad } from "./run-load.ts";

const { values } = parseArgs({
  options: {
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
  },
});

const whole = (name: keyof typeof values, min: number, max: number): number => {
  const value = Number(values[name]);
  if (!Number.isInteger(value) || value < min || value > max)
    throw new Failure(`--${name} is a whole number from ${min} to ${max}.`);
  return value;
};

const share = (name: keyof typeof values, below: number): number => {
  const value = Number(values[name]);
  if (!(value >= 0 && value < below)) throw new Failure(`--${name} is a share from 0 to less than ${below}.`);
  return value;
};

const orderOf = (text: string): "shuffled" | "user" => {
  if (text !== "shuffled" && text !== "user") throw new Failure("--order is shuffled or user.");
  return text;
};

runScript(async () => {
  const access = readLocalAccess(stateDirOf(process.env));
  const answers = access && (await fetch(`${access.url}/api/v1/health`).catch(() => undefined));
  if (!access || !answers?.ok)
    throw new Failure("No local platform is running. Start it in another terminal first: npm start");
  const workload = {
    events: whole("events", 1, 5_000_000),
    users: whole("users", 1, 2_000_000),
    experiments: whole("experiments", 1, 50),
    duplicates: share("duplicates", 1),
    batch: whole("batch", 1, 500),
    order: orderOf(values.order),
    seed: whole("seed", 0, 2 ** 31),
    now: Date.now(),
  };
  const report = await runLoad(
    {
      url: access.url,
      admin: createAdminClient(access.url, { authorization: `Bearer ${access.admin_api_key}` }),
      key: access.sdk_server_key,
      environment: values.environment,
    },
    {
      workload,
      connections: whole("connections", 1, 256),
      ...(values["events-per-second"] === undefined
        ? {}
        : { eventsPerSecond: whole("events-per-second", 1, 1_000_000) }),
      probes: whole("probes", 0, 32),
      onStage: (title, total) => {
        const progress = new Progress(title.padEnd(15), total);
        return (by) => progress.advance(by);
      },
    },
  );
  console.log(reportText(report));
  const mistakes = ledgerMistakes(report);
  for (const mistake of mistakes) console.log(`\n  Ledger: ${mistake}`);
  if (mistakes.length > 0 || report.comparison.differences.length > 0)
    throw new Failure("What was counted is not what was sent. That is a bug; please report it.");
  console.log("\n  Exactly what was sent.");
});
