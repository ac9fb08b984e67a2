import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { command, tool, toolEnvironment } from "./command.ts";
import { inRoot, root } from "./root.ts";
import { Failure } from "./steps.ts";
import { workers } from "./workers.ts";

const HOST = "127.0.0.1";

/** True when nothing listens on the port yet. */
const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, HOST, () => probe.close(() => resolve(true)));
  });

/** A port that nobody uses, as the system picks it. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, HOST, () => {
      const address = probe.address();
      probe.close(() =>
        address && typeof address === "object" ? resolve(address.port) : reject(new Error("no port")),
      );
    });
  });

/** Throws a {@link Failure} that says what to do when the port is taken or is no port. */
export const requireFreePort = async (port: number): Promise<void> => {
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new Failure("PORT must be a whole number from 1 to 65535.");
  if (!(await isFree(port)))
    throw new Failure(`Port ${port} is taken. Stop what listens there, or choose another: PORT=${port + 1} npm start`);
};

/** Applies the D1 migrations to the local database in `stateDir`; does nothing when they are the ones applied last. */
export const applyMigrations = async (stateDir: string): Promise<void> => {
  const folder = inRoot("d1", "migrations");
  const hash = createHash("sha256");
  for (const name of readdirSync(folder).toSorted())
    if (name.endsWith(".sql")) hash.update(name).update(readFileSync(join(folder, name)));
  const fingerprint = hash.digest("hex");
  const marker = join(stateDir, "migrations-applied");
  if (existsSync(marker) && readFileSync(marker, "utf8") === fingerprint) return;
  const { code, output } = await command(
    tool("wrangler"),
    [
      "d1",
      "migrations",
      "apply",
      "DB",
      "--local",
      "-c",
      "workers/admin/wrangler.toml",
      "--persist-to",
      join(stateDir, "runtime"),
    ],
    { env: { CI: "1" } },
  );
  if (code !== 0) throw new Failure(`The database migrations failed:\n${output}`);
  writeFileSync(marker, fingerprint);
};

/** The five Workers in one local runtime. */
export interface LocalPlatform {
  readonly url: string;
  readonly logFile: string;
  /** Resolves with the exit code when the runtime ends, whoever ended it. */
  readonly ended: Promise<number>;
  /** Runs a Worker's cron handler now; crons never fire by themselves locally. */
  fireCron(worker: string, cron: string): Promise<void>;
  /** Ends every process that was started. */
  stop(): Promise<void>;
  /** The same at once and without a warning, as when the power goes. */
  kill(): Promise<void>;
}

/** The last lines of the runtime's log, for an error message. */
const tailOf = (file: string): string => readFileSync(file, "utf8").trimEnd().split("\n").slice(-25).join("\n");

/**
 * Starts `wrangler dev` on all five configurations and waits until it answers. Its output goes to a log file in `stateDir`.
 * Throws a {@link Failure} with the end of that log when the runtime does not come up within a minute.
 */
export const startLocalPlatform = async (options: {
  port: number;
  stateDir: string;
  setupToken: string;
}): Promise<LocalPlatform> => {
  const { port, stateDir } = options;
  mkdirSync(stateDir, { recursive: true });
  const logFile = join(stateDir, "platform.log");
  const log = openSync(logFile, "w", 0o600);
  // The front Worker comes first: the first configuration owns the port.
  const configs = workers.toReversed().flatMap(({ config }) => ["-c", config]);
  const child: ChildProcess = spawn(
    tool("wrangler"),
    [
      "dev",
      ...configs,
      `--ip=${HOST}`,
      `--port=${port}`,
      `--inspector-port=${await freePort()}`,
      `--persist-to=${join(stateDir, "runtime")}`,
      "--show-interactive-dev-session=false",
    ],
    // A process group of its own: Ctrl-C reaches only us, and we end the whole group.
    {
      cwd: root,
      detached: true,
      stdio: ["ignore", log, log],
      // The runtime would keep a trace of every request, which costs more than answering it.
      env: toolEnvironment({ SETUP_TOKEN: options.setupToken, CI: "1", X_LOCAL_OBSERVABILITY: "false" }),
    },
  );
  closeSync(log);
  let exited = false;
  const ended = new Promise<number>((resolve) => {
    child.on("exit", (code) => {
      exited = true;
      resolve(code ?? 1);
    });
    child.on("error", () => {
      exited = true;
      resolve(1);
    });
  });
  const signalGroup = (signal: NodeJS.Signals): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, signal);
    } catch {
      // The group is gone already.
    }
  };
  const stop = async (): Promise<void> => {
    signalGroup("SIGTERM");
    const timer = setTimeout(() => signalGroup("SIGKILL"), 5000);
    await ended;
    clearTimeout(timer);
    // wrangler has ended; whatever it left in its group must not outlive it.
    signalGroup("SIGKILL");
  };

  const url = `http://${HOST}:${port}`;
  const deadline = Date.now() + 60_000;
  for (;;) {
    if (exited) {
      signalGroup("SIGKILL");
      throw new Failure(`The local runtime ended before it was ready:\n${tailOf(logFile)}`);
    }
    const answer = await fetch(`${url}/api/v1/health`, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
    if (answer?.ok) break;
    if (Date.now() > deadline) {
      await stop();
      throw new Failure(`The local runtime is not ready after a minute:\n${tailOf(logFile)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }

  return {
    url,
    logFile,
    ended,
    stop,
    async kill() {
      signalGroup("SIGKILL");
      await ended;
    },
    async fireCron(worker, cron) {
      const answer = await fetch(`${url}/cdn-cgi/local/explorer/api/local/scheduled?worker=${worker}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ cron }),
      });
      if (!answer.ok) throw new Error(`The cron ${cron} of ${worker} answered ${answer.status}.`);
    },
  };
};
