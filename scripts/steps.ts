/** Prints numbered steps, each with how long it took, so that a reader always sees what is going on. */
export class Steps {
  readonly #total: number;
  #number = 0;

  constructor(total: number) {
    this.#total = total;
  }

  /** Runs one step; prints its title before and its duration after. `undefined` means that there was nothing to do. */
  async run<T>(title: string, work: () => Promise<T>): Promise<T> {
    this.#number += 1;
    process.stdout.write(`[${this.#number}/${this.#total}] ${title} … `);
    const started = performance.now();
    try {
      const result = await work();
      process.stdout.write(`${((performance.now() - started) / 1000).toFixed(1)} s\n`);
      return result;
    } catch (error) {
      process.stdout.write("failed\n");
      throw error;
    }
  }
}

/** A bar that redraws itself on a terminal and prints a line for every tenth elsewhere. */
export class Progress {
  readonly #label: string;
  readonly #total: number;
  #done = 0;
  #shown = -1;

  constructor(label: string, total: number) {
    this.#label = label;
    this.#total = total;
  }

  /** Counts `by` more pieces of work as done. */
  advance(by = 1): void {
    this.#done += by;
    // What others do to the same platform may take some of it back, or do more than was asked.
    const percent = Math.min(100, Math.max(0, Math.floor((100 * this.#done) / this.#total)));
    const step = process.stdout.isTTY ? percent : Math.floor(percent / 10) * 10;
    if (step === this.#shown) return;
    this.#shown = step;
    const filled = Math.round(percent / 4);
    const line = `${this.#label} [${"#".repeat(filled)}${".".repeat(25 - filled)}] ${String(percent).padStart(3)} %  ${this.#done}/${this.#total}`;
    process.stdout.write(process.stdout.isTTY ? `\r${line}${this.#done >= this.#total ? "\n" : ""}` : `${line}\n`);
  }
}

/** A failure whose message is all that the reader needs: printed without a stack. */
export class Failure extends Error {}

/** Runs a script's main function; a {@link Failure} becomes one sentence on stderr and exit code 1. */
export const runScript = (main: () => Promise<void>): void => {
  main().catch((error: unknown) => {
    console.error(error instanceof Failure ? `\n${error.message}` : error);
    process.exit(1);
  });
};
