import { createAdminClient } from "../../scripts/admin-client.ts";
import { readLocalAccess, stateDirOf } from "../../scripts/local-access.ts";
import { Failure, Progress, runScript } from "../../scripts/steps.ts";
import { readOptions, usage } from "./options.ts";
import { ledgerMistakes, reportText } from "./report.ts";
import { runLoad } from "./run-load.ts";

/** Loads the running local platform and compares what it counted with what was sent; options.ts says with what. */
runScript(async () => {
  const options = readOptions(process.argv.slice(2));
  if (!options) {
    console.log(usage);
    return;
  }
  const { workload, environment, ...pace } = options;
  const access = readLocalAccess(stateDirOf(process.env));
  const answers = access && (await fetch(`${access.url}/api/v1/health`).catch(() => undefined));
  if (!access || !answers?.ok)
    throw new Failure("No local platform is running. Start it in another terminal first: npm start");
  const report = await runLoad(
    {
      url: access.url,
      admin: createAdminClient(access.url, { authorization: `Bearer ${access.admin_api_key}` }),
      key: access.sdk_server_key,
      environment,
    },
    {
      workload: { ...workload, now: Date.now() },
      ...pace,
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
