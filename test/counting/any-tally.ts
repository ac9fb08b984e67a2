import type { Ruleset } from "../../contract/ruleset.ts";
import { SumName } from "../../contract/sums.ts";
import type { Cells, Fates } from "./reference.ts";

const WITH_COVARIATES = ["conversion", "count", "sum", "mean", "ratio"];
const IN_SWITCHBACKS = [...WITH_COVARIATES, "quantile"];
const ALL = [...IN_SWITCHBACKS, "retention", "time_to_event"];

/** Everything that a cell can be of, every sum, and everything that can become of an event or of a shard. */
const EVERYTHING = [
  ...["crossover", "exposed", ...ALL, "without an event"].map((type) => `day ${type}`),
  ...["exposed", ...ALL, "without an event"].map((type) => `dimension ${type}`),
  ...["exposed", ...ALL, "without an event"].map((type) => `joint ${type}`),
  ...WITH_COVARIATES.map((type) => `age ${type}`),
  ...["exposed", ...IN_SWITCHBACKS].map((type) => `block ${type}`),
  ...ALL.map((type) => `bucket ${type}`),
  ...["conversion", "count", "sum", "tie"].map((type) => `credit ${type}`),
  ...SumName.options.map((sum) => `sum ${sum}`),
  "applied",
  "duplicate",
  "late",
  "bot",
  "unknown_experiment",
  "unknown_variant",
  "invalid_event",
  "in several phases",
  "settled",
  "evicted",
  "sent again",
  "removed",
];

/** Counts what histories were about, so that a test can tell that they were about everything. */
export class Tally {
  readonly #seen = new Map<string, number>();

  see(what: string, times = 1): void {
    this.#seen.set(what, (this.#seen.get(what) ?? 0) + times);
  }

  seeCells(cells: Cells, { metrics }: Ruleset): void {
    const types = new Map<string, string>(metrics.map(({ id, type }) => [id, type]));
    const phases = new Set<string>();
    for (const [name, { n, sums }] of cells) {
      const [, phase = "", variant = "", metric = "", kind = ""] =
        /phase (\d+) variant (\S*) metric (\S*) (\S+)/.exec(name) ?? [];
      phases.add(phase);
      this.see(`${kind} ${variant === "" && metric === "" ? "crossover" : (types.get(metric) ?? "exposed")}`);
      if (n === 0) this.see(`${kind} without an event`);
      if (name.endsWith('"tie"')) this.see(`${kind} tie`);
      for (const sum of Object.keys(sums)) this.see(`sum ${sum}`);
    }
    if (phases.size > 1) this.see("in several phases");
  }

  seeFates({ applied, duplicate, late, bot, rejected }: Fates): void {
    for (const [fate, count] of Object.entries({ applied, duplicate, late, bot, ...rejected })) this.see(fate, count);
  }

  /** What was seen fewer times than this. */
  rarerThan(times: number): string[] {
    return EVERYTHING.filter((what) => (this.#seen.get(what) ?? 0) < times);
  }
}
