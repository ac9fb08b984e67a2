/**
 * Simulates what the calibration vectors say, how often intervals hold the truth and tests find it, what is found where there is nothing,
 * and what whole experiments decide, and prints each rate beside what it should be and what four standard errors allow:
 *
 *     npm run calibrate
 */
import { readFileSync } from "node:fs";
import { runScript } from "../../scripts/steps.ts";
import { VectorFile } from "../golden/check-file.ts";
import type { Simulated } from "../golden/method.ts";
import { methodNamed } from "../golden/methods.ts";
import { falseAlarms } from "./aa.ts";
import { bandits } from "./bandits.ts";
import { coverage } from "./coverage.ts";
import { experiments } from "./experiments.ts";
import { agrees, allowedIn, exactly, type Row, type Study } from "./study.ts";

const percent = (share: number): string => `${(share * 100).toFixed(3)} %`;
const line = (...cells: readonly string[]): string =>
  cells.map((cell, index) => (index === 0 ? cell.padEnd(150) : cell.padStart(index === 3 ? 24 : 12))).join("");

const isSimulated = (value: unknown): value is Simulated =>
  typeof value === "object" && value !== null && "rate" in value;

let failed = 0;
let passed = 0;

const allowedText = (row: Row): string => {
  const [least, most] = allowedIn(row);
  if (least === -Infinity) return most === Infinity ? "any" : `≤ ${percent(most)}`;
  return most === Infinity ? `≥ ${percent(least)}` : `${percent(least)} – ${percent(most)}`;
};

/** One line: what, the rate here, what it should be, what may be, and whether it is. */
const print = (row: Row): void => {
  const { name, expected, got } = row;
  if (agrees(row)) passed++;
  else failed++;
  console.log(line(name, percent(got.rate), percent(expected.nominal), allowedText(row), agrees(row) ? "yes" : "NO"));
};

const printStudies = (studies: readonly Study[]): void => {
  for (const { rows } of studies) for (const row of rows()) print(row);
};

const printVectors = (name: string): void => {
  const path = new URL(`../fixtures/statistics/calibration_${name}.json`, import.meta.url);
  const file = VectorFile.parse(JSON.parse(readFileSync(path, "utf8")));
  const method = methodNamed(file.method);
  if (method?.kind !== "simulated") throw new Error(`Nothing simulates ${file.method}.`);
  for (const { name: title, input, expected } of file.cases) {
    const got = method.simulate(input);
    const [field] = ["rejection_rate_any_look", "rate", "value"].filter((each) => typeof expected[each] === "number");
    const mine = got[field ?? ""];
    if (field !== undefined && isSimulated(mine))
      print({
        name: title,
        expected: exactly(Number(expected[field])),
        // The reference was simulated, too.
        got: {
          rate: mine.rate,
          standardError: Math.hypot(mine.standardError, Number(expected["monte_carlo_se"] ?? 0)),
        },
      });
  }
};

runScript(() => {
  console.log(line("what happens", "here", "nominal", "allowed", "agrees"));
  for (const name of ["looks", "other"]) printVectors(name);
  for (const studies of [coverage, falseAlarms, bandits, experiments]) printStudies(studies);
  console.log(`${passed} passed, ${failed} failed`);
  if (failed > 0) process.exitCode = 1;
  return Promise.resolve();
});
