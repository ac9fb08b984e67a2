import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "./steps.ts";

/** Who runs on a state folder. */
interface Holder {
  readonly pid: number;
  readonly port: number;
}

const fileIn = (stateDir: string): string => join(stateDir, "running.json");

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It exists, but is somebody else's.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
};

/** The platform that runs on the state in this folder; undefined when none does. */
export const runningOn = (stateDir: string): Holder | undefined => {
  if (!existsSync(fileIn(stateDir))) return undefined;
  try {
    const holder = JSON.parse(readFileSync(fileIn(stateDir), "utf8")) as Holder;
    // A container that is started again may give this process the number that the last one had.
    return holder.pid !== process.pid && isAlive(holder.pid) ? holder : undefined;
  } catch {
    // Half written by a process that is gone.
    return undefined;
  }
};

/**
 * Makes the folder and takes it for this process: two runtimes on one set of database files corrupt each other's work.
 * Answers how to give it back. Throws a {@link Failure} when it is taken or no folder.
 */
export const takeState = (stateDir: string, port: number): (() => void) => {
  if (existsSync(stateDir) && !statSync(stateDir).isDirectory())
    throw new Failure(`${stateDir} is no folder. Choose another: EDGEWORTH_STATE=<folder> npm start`);
  try {
    mkdirSync(stateDir, { recursive: true });
    const holder = runningOn(stateDir);
    if (holder)
      throw new Failure(
        `A platform already runs on ${stateDir}, at http://127.0.0.1:${holder.port} (process ${holder.pid}).\n` +
          "Stop it, or start another one on a state of its own: EDGEWORTH_STATE=<folder> npm start",
      );
    writeFileSync(fileIn(stateDir), JSON.stringify({ pid: process.pid, port } satisfies Holder));
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(`${stateDir} cannot be written to: ${error instanceof Error ? error.message : String(error)}`);
  }
  return () => rmSync(fileIn(stateDir), { force: true });
};
