import type { Simulated } from "../golden/method.ts";
import { type Random, randomOf } from "./samplers.ts";

/** How far from what is promised a simulated rate may be, in its standard errors. */
const NOISE = 4;

/** What a rate is promised to be, and the rates that keep the promise when noise is left out. */
export interface Expected {
  readonly nominal: number;
  readonly least: number;
  readonly most: number;
}

export const exactly = (nominal: number): Expected => ({ nominal, least: nominal, most: nominal });
/** Of a conservative method, or of one that promises a bound. */
export const atLeast = (nominal: number): Expected => ({ nominal, least: nominal, most: Infinity });
export const atMost = (nominal: number): Expected => ({ nominal, least: -Infinity, most: nominal });
/** Of a method that is known not to keep its level in such data: the row's name says why. */
export const knownWithin = (nominal: number, least: number, most: number): Expected => ({ nominal, least, most });

/** Of what nothing is promised, and is shown all the same. */
export const shown = (nominal: number): Expected => ({ nominal, least: -Infinity, most: Infinity });

/** One rate that was simulated, beside what it should be. */
export interface Row {
  readonly name: string;
  readonly expected: Expected;
  readonly got: Simulated;
}

/** The rates that a row allows, noise and all. */
export const allowedIn = ({ expected: { least, most }, got: { standardError } }: Row): readonly [number, number] => [
  least - NOISE * standardError,
  most + NOISE * standardError,
];

export const agrees = (row: Row): boolean => {
  const [least, most] = allowedIn(row);
  return least <= row.got.rate && row.got.rate <= most;
};

/** Rates that are simulated together, of the same draws. */
export interface Study {
  readonly name: string;
  readonly rows: () => readonly Row[];
}

/** What one replication says of each figure: whether something happened, or how large it is. Undefined is left out. */
export type Outcomes<Name extends string> = Readonly<Record<Name, boolean | number | undefined>>;

/** The mean of what is added, with its standard error: never 0, since what never happened in n draws may yet (rule of three). */
const makeMean = () => {
  let [n, mean, m2, isRate] = [0, 0, 0, true];
  return {
    add: (outcome: boolean | number): void => {
      const delta = Number(outcome) - mean;
      n++;
      mean += delta / n;
      m2 += delta * (Number(outcome) - mean);
      isRate &&= typeof outcome === "boolean";
    },
    get: (): Simulated => ({
      rate: mean,
      standardError: Math.max(Math.sqrt(m2 / Math.max(1, n - 1) / n), isRate ? 1 / n : 0),
    }),
  };
};

/** Draws so many replications, each with the numbers of one source that the study's name seeds. */
export const studyOf = <Name extends string>(
  name: string,
  replications: number,
  expected: Readonly<Record<Name, Expected>>,
  prepare: (random: Random) => () => Outcomes<Name>,
): Study => ({
  name,
  rows: () => {
    const draw = prepare(randomOf(name));
    const figures = Object.entries<Expected>(expected).map(([figure, its]) => ({
      figure,
      its,
      mean: makeMean(),
    }));
    for (let i = 0; i < replications; i++) {
      const outcomes: Readonly<Record<string, boolean | number | undefined>> = draw();
      for (const { figure, mean } of figures) {
        const outcome = outcomes[figure];
        if (outcome !== undefined) mean.add(outcome);
      }
    }
    return figures.map(({ figure, its, mean }) => ({ name: `${name}: ${figure}`, expected: its, got: mean.get() }));
  },
});

/** Whether an interval holds the truth; undefined where there is none. */
export const covers = (interval: readonly [number, number] | null | undefined, truth: number): boolean | undefined =>
  interval ? interval[0] <= truth && truth <= interval[1] : undefined;

/** The interval of a test; undefined where that is. */
export const intervalOf = <Interval>(
  test: { readonly kind: "estimated"; readonly interval: Interval } | { readonly kind: "undefined" },
): Interval | undefined => (test.kind === "estimated" ? test.interval : undefined);

/** Whether a test rejects at a level; undefined where it cannot be done. */
export const rejects = (
  test: { readonly kind: "estimated"; readonly pValue: number } | { readonly kind: "undefined" },
  alpha: number,
): boolean | undefined => (test.kind === "estimated" ? test.pValue <= alpha : undefined);
