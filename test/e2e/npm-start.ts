import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type LocalAccess, readLocalAccess } from "../../scripts/local-access.ts";
import { freePort } from "../../scripts/local-platform.ts";
import { root } from "../../scripts/root.ts";

/** `npm start` as a newcomer runs it, on a port and a state folder of its own. */
export interface NpmStart {
  readonly process: ChildProcess;
  readonly port: number;
  readonly stateDir: string;
  /** What it has printed so far. */
  output(): string;
  /** Resolves with how to reach the platform once "Ready." is printed; throws what was printed when it ends before. */
  ready(): Promise<LocalAccess>;
  /** Resolves with the exit code. */
  readonly ended: Promise<number | null>;
  /** Ends it, if it still runs, and removes its state. */
  cleanUp(): Promise<void>;
}

export const npmStart = async (change: { port?: number; stateDir?: string } = {}): Promise<NpmStart> => {
  const stateDir = change.stateDir ?? mkdtempSync(join(tmpdir(), "edgeworth-e2e-"));
  const chosen = change.port ?? (await freePort());
  // A process group of its own, as a terminal gives it, so that a test can press Ctrl-C.
  const child = spawn("npm", ["start"], {
    cwd: root,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, PORT: String(chosen), EDGEWORTH_STATE: stateDir },
  });
  let printed = "";
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  const isReady = new Promise<void>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      printed += chunk.toString();
      if (printed.includes("\nReady.")) resolve();
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.on("close", () => reject(new Error(`npm start ended before it was ready:\n${printed}`)));
  });
  // Whoever does not ask for readiness need not hear of its failure.
  isReady.catch(() => undefined);
  return {
    process: child,
    port: chosen,
    stateDir,
    output: () => printed,
    async ready() {
      await isReady;
      const access = readLocalAccess(stateDir);
      if (!access) throw new Error("npm start is ready, but wrote no local.json.");
      return access;
    },
    ended,
    async cleanUp() {
      if (child.exitCode === null && child.signalCode === null) pressCtrlC(child);
      await ended;
      rmSync(stateDir, { recursive: true, force: true });
    },
  };
};

/** Sends SIGINT to the whole process group, as a terminal does. */
export const pressCtrlC = (child: ChildProcess): void => {
  if (child.pid !== undefined) process.kill(-child.pid, "SIGINT");
};
