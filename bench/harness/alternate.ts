import { median } from "./median.ts";

/** One of those that are compared: does the thing once, for the n-th input. Must give its result, so that it is not optimised away. */
export interface Contender {
  readonly name: string;
  readonly once: (n: number) => unknown;
}

export interface Timing {
  readonly name: string;
  /** µs of CPU for one, the median of the rounds. */
  readonly us: number;
  /** One figure a round, to be compared with those of the others in the same round. */
  readonly rounds: readonly number[];
}

let kept: unknown;
/** The last result, so that none can be optimised away. */
export const lastResult = (): unknown => kept;

const cpuUs = (): number => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

/** CPU time and not the wall's, all threads together: collecting garbage counts, and the neighbours on the machine do not. */
const timeOf = (contender: Contender, from: number, times: number): number => {
  const before = cpuUs();
  for (let n = from; n < from + times; n++) kept = contender.once(n);
  return (cpuUs() - before) / times;
};

/** How many fill the time once it is warm, in whole cycles. The first cycle makes what is made once, and tells nothing of the next. */
const timesIn = (contender: Contender, cycle: number, roundUs: number): number => {
  timeOf(contender, 0, cycle);
  let took = timeOf(contender, 0, cycle);
  for (let warmed = took * cycle, cycles = 1; warmed < 2 * roundUs; cycles *= 2) {
    took = timeOf(contender, 0, cycle * cycles);
    warmed += took * cycle * cycles;
  }
  return cycle * Math.max(1, Math.round(roundUs / (took * cycle)));
};

/**
 * Everyone in turn, for so many rounds of about so many ms each. `once` is called with n from 0 to a multiple of `cycle`, so
 * that everyone meets the same inputs equally often, however fast it is.
 */
export const alternate = (
  contenders: readonly Contender[],
  { rounds, roundMs, cycle }: { readonly rounds: number; readonly roundMs: number; readonly cycle: number },
): readonly Timing[] => {
  const times = contenders.map((contender) => timesIn(contender, cycle, roundMs * 1_000));
  const figures = contenders.map((): number[] => []);
  for (let round = 0; round < rounds; round++)
    for (const [index, contender] of contenders.entries())
      figures[index]?.push(timeOf(contender, 0, times[index] ?? cycle));
  return contenders.map(({ name }, index) => ({
    name,
    us: median(figures[index] ?? []),
    rounds: figures[index] ?? [],
  }));
};

/** How many times faster `ours` was than the other: the median of the rounds' ratios. */
export const timesFaster = (ours: Timing, other: Timing): number =>
  median(ours.rounds.map((us, round) => (other.rounds[round] ?? Number.NaN) / us));

export const fastest = (timings: readonly Timing[]): Timing => {
  const first = timings.toSorted((a, b) => a.us - b.us)[0];
  if (!first) throw new Error("Nothing was timed.");
  return first;
};
