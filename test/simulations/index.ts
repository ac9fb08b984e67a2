/**
 * Simulates what the calibration vectors say, and what whole experiments do that change nothing, and prints each rate beside what it
 * should be:
 *
 *     npm run calibrate
 */
import { readFileSync } from "node:fs";
import { runScript } from "../../scripts/steps.ts";
import { VectorFile } from "../golden/check-file.ts";
import type { Simulated } from "../golden/method.ts";
import { methodNamed } from "../golden/methods.ts";

const percent = (share: number): string => `${(share * 100).toFixed(3)} %`;
const row = (...cells: readonly string[]): string =>
  cells.map((cell, index) => (index === 0 ? cell.padEnd(112) : cell.padStart(12))).join("");

const isSimulated = (value: unknown): value is Simulated =>
  typeof value === "object" && value !== null && "rate" in value;

let failed = 0;
let passed = 0;

const print = (title: string, got: Simulated, expected: number, theirs: number): void => {
  const allowed = 4 * Math.hypot(theirs, got.standardError);
  const agrees = Math.abs(got.rate - expected) <= allowed;
  if (agrees) passed++;
  else failed++;
  console.log(row(title, percent(got.rate), percent(expected), percent(allowed), agrees ? "yes" : "NO"));
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
      print(title, mine, Number(expected[field]), Number(expected["monte_carlo_se"] ?? 0));
  }
};

runScript(() => {
  console.log(row("what happens", "here", "reference", "allowed ±", "agrees"));
  for (const name of ["looks", "other"]) printVectors(name);
  console.log(`${passed} passed, ${failed} failed`);
  if (failed > 0) process.exitCode = 1;
  return Promise.resolve();
});
