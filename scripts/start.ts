import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { build } from "./build.ts";
import { ensureLocalAccess, stateDirOf } from "./local-access.ts";
import { giveShopItsKey } from "./example-shop-key.ts";
import { applyMigrations, type LocalPlatform, requireFreePort, startLocalPlatform } from "./local-platform.ts";
import { ensureSampleWorkspace } from "./sample-workspace.ts";
import { Failure, runScript, Steps } from "./steps.ts";

/** Crons never fire by themselves locally, so this fires them at the times of workers/admin/wrangler.toml. */
const fireCrons = (platform: LocalPlatform): NodeJS.Timeout => {
  let minutes = 0;
  const fire = (cron: string): void => {
    platform
      .fireCron("edgeworth-admin", cron)
      .catch((error: unknown) => console.error(`A cron did not run: ${String(error)}`));
  };
  fire("0 * * * *");
  return setInterval(() => {
    minutes += 1;
    fire("* * * * *");
    if (minutes % 60 === 0) fire("0 * * * *");
  }, 60_000);
};

/** Resolves when this process is asked to end, or when whoever started it is gone. */
const untilAskedToEnd = (): Promise<void> =>
  new Promise((resolve) => {
    const parent = process.ppid;
    const watch = setInterval(() => process.ppid !== parent && resolve(), 500);
    watch.unref();
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => resolve());
  });

const main = async (): Promise<void> => {
  const port = Number(process.env.PORT ?? "8787");
  const stateDir = stateDirOf(process.env);
  const setupToken = randomBytes(24).toString("base64url");
  const asked = untilAskedToEnd();
  const steps = new Steps(5);
  console.log("Edgeworth, local platform\n");
  await requireFreePort(port);
  mkdirSync(stateDir, { recursive: true });
  await steps.run("Dashboard, SDK and example shop", build);
  await steps.run("Database migrations", () => applyMigrations(stateDir));

  const starting = startLocalPlatform({ port, stateDir, setupToken });
  const platform = await steps.run("Five Workers with KV, D1, R2, Queues and Durable Objects", () =>
    Promise.race([starting, asked.then(() => undefined)]),
  );
  if (!platform) {
    await starting.then(
      (late) => late.stop(),
      () => undefined,
    );
    return;
  }
  let crons: NodeJS.Timeout | undefined;
  try {
    const access = await steps.run("First administrator and keys", () =>
      ensureLocalAccess(platform.url, stateDir, setupToken),
    );
    await steps.run("Sample workspace", async () => {
      await ensureSampleWorkspace(access);
      await giveShopItsKey(platform.url, access.sdk_client_key);
    });
    crons = fireCrons(platform);
    console.log(`
Ready.
  Dashboard     ${platform.url}/
  Sign in       ${access.email}  ${access.password}
  Example shop  ${platform.url}/shop/
  Keys          ${stateDir}/local.json
  Log           ${platform.logFile}

Next: npm run demo (in another terminal) plays a shop with a known lift. Ctrl-C stops everything.`);
    const code = await Promise.race([asked, platform.ended]);
    if (typeof code === "number")
      throw new Failure(`The local runtime ended by itself (exit code ${code}); see ${platform.logFile}`);
    console.log("\nStopping…");
  } finally {
    clearInterval(crons);
    await platform.stop();
  }
};

runScript(async () => {
  await main();
  process.exit(0);
});
