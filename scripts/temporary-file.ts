import { rmSync, writeFileSync } from "node:fs";

const endOnSignal = (): never => process.exit(130);

/** Runs `work` while a file exists that only this user can read; it is gone afterwards, after Ctrl-C too. */
export const withTemporaryFile = async <T>(file: string, text: string, work: () => Promise<T>): Promise<T> => {
  const remove = (): void => rmSync(file, { force: true });
  // A signal ends the process before any `finally`; an exit on purpose runs the listeners of all such files.
  process.on("exit", remove);
  process.on("SIGINT", endOnSignal).on("SIGTERM", endOnSignal);
  try {
    writeFileSync(file, text, { mode: 0o600 });
    return await work();
  } finally {
    remove();
    process.off("exit", remove);
    process.off("SIGINT", endOnSignal).off("SIGTERM", endOnSignal);
  }
};
