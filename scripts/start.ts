import { randomBytes } from "node:crypto";
import { build } from "./build.ts";
import { ensureLocalAccess, stateDirOf } from "./local-access.ts";
import { drain } from "./drain.ts";
import { giveShopItsKey } from "./example-shop-key.ts";
import { applyMigrations, type LocalPlatform, requireFreePort, startLocalPlatform } from "./local-platform.ts";
import { ensureSampleWorkspace } from "./sample-workspace.ts";
import { takeState } from "./state-lock.ts";
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

/** `asked` aborts when this process is asked to end or whoever started it is gone, `again` when it is asked once more. */
const signalsToEnd = (): { asked: AbortSignal; again: AbortSignal } => {
  const asked = new AbortController();
  const again = new AbortController();
  const parent = process.ppid;
  const watch = setInterval(() => process.ppid !== parent && asked.abort(), 500);
  watch.unref();
  let askedAt = Number.POSITIVE_INFINITY;
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(name, () => {
      if (!asked.signal.aborted) askedAt = Date.now();
      asked.abort();
      // The same request can come twice: from the terminal, and passed on by whoever started this.
      if (Date.now() - askedAt > 1_000) again.abort();
    });
  return { asked: asked.signal, again: again.signal };
};

const aborted = (signal: AbortSignal): Promise<undefined> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener("abort", () => resolve(undefined));
  });

/** Stopping takes no longer than this, even when the runtime answers nothing any more. */
const STOP_LIMIT_MS = 12_000;

const run = async (
  port: number,
  stateDir: string,
  { asked, again }: { asked: AbortSignal; again: AbortSignal },
): Promise<void> => {
  const setupToken = randomBytes(24).toString("base64url");
  const steps = new Steps(5);
  const untilAsked = aborted(asked);
  await steps.run("Dashboard, SDK and example shop", build);
  asked.throwIfAborted();
  await steps.run("Database migrations", () => applyMigrations(stateDir));
  asked.throwIfAborted();

  const starting = startLocalPlatform({ port, stateDir, setupToken });
  const platform = await steps.run("Five Workers with KV, D1, R2, Queues and Durable Objects", () =>
    Promise.race([starting, untilAsked]),
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
    const code = await Promise.race([untilAsked, platform.ended]);
    if (typeof code === "number")
      throw new Failure(`The local runtime ended by itself (exit code ${code}); see ${platform.logFile}`);
    console.log("\nStopping: counting what was taken…");
    const drained = drain(access, again).catch((error: unknown) =>
      console.error(`The queue may not be empty: ${String(error)}`),
    );
    const limit = new Promise((resolve) => setTimeout(resolve, STOP_LIMIT_MS));
    await Promise.race([drained, aborted(again), platform.ended, limit]);
  } finally {
    clearInterval(crons);
    await platform.stop();
  }
};

runScript(async () => {
  const port = Number(process.env.PORT ?? "8787");
  const stateDir = stateDirOf(process.env);
  const signals = signalsToEnd();
  console.log("Edgeworth, local platform\n");
  await requireFreePort(port);
  const giveBack = takeState(stateDir, port);
  try {
    await run(port, stateDir, signals);
  } catch (error) {
    // Ctrl-C ends the tools of a step with it, and their complaints tell nobody anything.
    if (!signals.asked.aborted) throw error;
  } finally {
    giveBack();
  }
  process.exit(0);
});
