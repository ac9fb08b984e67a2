import { spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";

/** Which core each side has for itself, so that the client does not take the server's time. */
const CORES = { client: "0", server: "1" } as const;

const canPin = availableParallelism() > 1 && spawnSync("taskset", ["--version"]).status === 0;

/** The command that runs a program on a core of its own, where `taskset` exists. */
export const command = (side: keyof typeof CORES, program: string, ...args: string[]): [string, ...string[]] =>
  canPin ? ["taskset", "--cpu-list", CORES[side], program, ...args] : [program, ...args];

/** Keeps this process, with all its threads, on the client's core. Says whether it could. */
export const pinClient = (): boolean =>
  canPin &&
  spawnSync("taskset", ["--all-tasks", "--cpu-list", "--pid", CORES.client, String(process.pid)]).status === 0;
