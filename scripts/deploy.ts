import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureResources, type ResourceIds } from "./account-resources.ts";
import { build } from "./build.ts";
import { withDeployConfig } from "./deploy-config.ts";
import { askSetupToken } from "./setup-token.ts";
import { Failure, runScript, Steps } from "./steps.ts";
import { withTemporaryFile } from "./temporary-file.ts";
import { workers } from "./workers.ts";
import { complaintOf, tryWrangler } from "./wrangler.ts";

const deployWorker = async (args: string[], name: string): Promise<string> => {
  const result = await tryWrangler("deploy", ...args);
  if (result.code !== 0) throw new Failure(`${name} does not deploy:\n${complaintOf(result)}`);
  return result.stdout;
};

/** Bundles every Worker and validates its configuration; needs neither an account nor a network. */
const dryRun = async (): Promise<void> => {
  const steps = new Steps(workers.length + 1);
  await steps.run("Dashboard and example shop", build);
  const outdir = mkdtempSync(join(tmpdir(), "edgeworth-deploy-"));
  try {
    for (const { name, config } of workers) {
      const output = await steps.run(name, () =>
        deployWorker(["--dry-run", "-c", config, "--outdir", join(outdir, name)], name),
      );
      console.log(`      ${output.match(/Total Upload: .*/)?.[0] ?? ""}`);
    }
  } finally {
    rmSync(outdir, { recursive: true });
  }
  console.log("\nEverything bundles. Nothing was uploaded.");
};

const requireAccount = async (): Promise<void> => {
  const result = await tryWrangler("whoami", "--json");
  if (/"loggedIn":\s*false/.test(result.stdout))
    throw new Failure(
      "Not signed in to Cloudflare. Run `npx wrangler login`, or set CLOUDFLARE_API_TOKEN and CLOUDFLARE_ACCOUNT_ID.",
    );
  // A token may lack the right to say who it is: where the account is named, it needs no more than what follows.
  if (result.code !== 0 && !process.env.CLOUDFLARE_ACCOUNT_ID)
    throw new Failure(`Cloudflare does not say which account this is:\n${complaintOf(result)}`);
};

const migrate = (ids: ResourceIds): Promise<void> =>
  withDeployConfig("workers/admin/wrangler.toml", ids, async (config) => {
    const result = await tryWrangler("d1", "migrations", "apply", "DB", "--remote", "-c", config);
    if (result.code !== 0) throw new Failure(`The database migrations failed:\n${complaintOf(result)}`);
  });

/** Uploads a Worker; the admin Worker takes its secret along, so that it never runs without it. */
const upload = async (
  name: string,
  config: string,
  ids: ResourceIds,
  setupToken: string | undefined,
): Promise<string> =>
  withDeployConfig(config, ids, async (deployConfig) => {
    if (name !== "edgeworth-admin" || setupToken === undefined) return deployWorker(["-c", deployConfig], name);
    // A file, because other users see a process's arguments; outside the tree, so that it is never committed.
    const file = join(tmpdir(), `edgeworth-${randomUUID()}.json`);
    return withTemporaryFile(file, JSON.stringify({ SETUP_TOKEN: setupToken }), () =>
      deployWorker(["-c", deployConfig, "--secrets-file", file], name),
    );
  });

/** Puts the product on Cloudflare: resources, migrations, then the five Workers in the order of their bindings. */
const deploy = async (): Promise<void> => {
  const steps = new Steps(workers.length + 4);
  await steps.run("Dashboard and example shop", build);
  await steps.run("Cloudflare account", requireAccount);
  const setupToken = await askSetupToken();
  const ids = await steps.run("D1, KV, R2 and Queues", ensureResources);
  await steps.run("Database migrations", () => migrate(ids));
  let url = "https://<your edgeworth Worker>";
  for (const { name, config } of workers) {
    const output = await steps.run(name, () => upload(name, config, ids, setupToken));
    if (name === "edgeworth") url = output.match(/https:\/\/\S+\.workers\.dev/)?.[0] ?? url;
  }
  console.log(`\nDeployed: ${url}`);
  if (setupToken !== undefined)
    console.log(`\nMake the first administrator (works once):
  curl -X POST ${url}/api/v1/setup -H 'Content-Type: application/json' \\
    -d '{"token":"<the SETUP_TOKEN>","email":"you@example.com","password":"<at least 10 characters>"}'`);
};

runScript(async () => {
  const unknown = process.argv.slice(2).filter((argument) => argument !== "--dry-run");
  if (unknown.length > 0) throw new Failure(`npm run deploy knows only --dry-run, not ${unknown.join(" ")}.`);
  await (process.argv.includes("--dry-run") ? dryRun() : deploy());
});
