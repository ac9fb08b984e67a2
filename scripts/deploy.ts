import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureResources, type ResourceIds } from "./account-resources.ts";
import { build } from "./build.ts";
import { command, tool } from "./command.ts";
import { withDeployConfig } from "./deploy-config.ts";
import { askSetupToken } from "./setup-token.ts";
import { Failure, runScript, Steps } from "./steps.ts";
import { workers } from "./workers.ts";

const deployWorker = async (args: string[], name: string): Promise<string> => {
  const { code, output } = await command(tool("wrangler"), ["deploy", ...args], { env: { CI: "1" } });
  if (code !== 0) throw new Failure(`${name} does not deploy:\n${output}`);
  return output;
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
  const { code } = await command(tool("wrangler"), ["whoami"], { env: { CI: "1" } });
  if (code !== 0 && !process.env.CLOUDFLARE_API_TOKEN)
    throw new Failure(
      "Not signed in to Cloudflare. Run `npx wrangler login`, or set CLOUDFLARE_API_TOKEN and CLOUDFLARE_ACCOUNT_ID.",
    );
};

const migrate = (ids: ResourceIds): Promise<void> =>
  withDeployConfig("workers/admin/wrangler.toml", ids, async (config) => {
    const { code, output } = await command(
      tool("wrangler"),
      ["d1", "migrations", "apply", "DB", "--remote", "-c", config],
      {
        env: { CI: "1" },
      },
    );
    if (code !== 0) throw new Failure(`The database migrations failed:\n${output}`);
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
    const folder = mkdtempSync(join(tmpdir(), "edgeworth-secret-"));
    const file = join(folder, "secrets.json");
    try {
      writeFileSync(file, JSON.stringify({ SETUP_TOKEN: setupToken }), { mode: 0o600 });
      return await deployWorker(["-c", deployConfig, "--secrets-file", file], name);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

/** Puts the product on Cloudflare: resources, migrations, then the five Workers in the order of their bindings. */
const deploy = async (): Promise<void> => {
  const steps = new Steps(workers.length + 4);
  await steps.run("Dashboard and example shop", build);
  await steps.run("Cloudflare account", requireAccount);
  const ids = await steps.run("D1, KV, R2 and Queues", ensureResources);
  const setupToken = await askSetupToken();
  await steps.run("Database migrations", () => migrate(ids));
  let url = "https://<your edgeworth Worker>";
  for (const { name, config } of workers) {
    const output = await steps.run(name, () => upload(name, config, ids, setupToken));
    if (name === "edgeworth") url = output.match(/https:\/\/\S+/)?.[0] ?? url;
  }
  console.log(`\nDeployed: ${url}`);
  if (setupToken !== undefined)
    console.log(`\nMake the first administrator (works once):
  curl -X POST ${url}/api/v1/setup -H 'Content-Type: application/json' \\
    -d '{"token":"${setupToken}","email":"you@example.com","password":"<at least 10 characters>"}'`);
};

runScript(async () => {
  const unknown = process.argv.slice(2).filter((argument) => argument !== "--dry-run");
  if (unknown.length > 0) throw new Failure(`npm run deploy knows only --dry-run, not ${unknown.join(" ")}.`);
  await (process.argv.includes("--dry-run") ? dryRun() : deploy());
});
