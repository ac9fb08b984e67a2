import { readFileSync, rmSync } from "node:fs";
import { build } from "./build.ts";
import { command, tool } from "./command.ts";
import { inRoot } from "./root.ts";
import { Failure, runScript } from "./steps.ts";

interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
}

interface Outcome {
  readonly code: number;
  readonly output: string;
  readonly report: VitestReport;
}

/** Runs vitest once. Without `show`, its output is kept until it has ended. */
const runVitest = async (name: string, args: readonly string[], show: boolean): Promise<Outcome> => {
  const file = inRoot("node_modules", ".cache", "edgeworth", `${name}.json`);
  rmSync(file, { force: true });
  const { code, output } = await command(
    tool("vitest"),
    ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${file}`, ...args],
    { show },
  );
  return { code, output, report: JSON.parse(readFileSync(file, "utf8")) as VitestReport };
};

/**
 * Everything, in two halves at a time that take about as long: those that wait for queues, timers and alarms, and those that
 * compute. One file at a time of either uses half of a small machine.
 */
const runAll = async (): Promise<Outcome[]> => {
  const computing = runVitest("computing", ["--project", "unit", "--project", "browser"], false);
  const waiting = await runVitest("waiting", ["--project", "integration"], true);
  const computed = await computing;
  process.stdout.write(computed.output);
  return [waiting, computed];
};

/** Builds what the Workers serve, runs every test (or those that the arguments choose), and ends with a count. */
runScript(async () => {
  const args = process.argv.slice(2);
  console.log("Building the dashboard and the example shop…");
  await build();
  const outcomes = args.length === 0 ? await runAll() : [await runVitest("chosen", args, true)];
  const count = (of: (report: VitestReport) => number): number =>
    outcomes.reduce((sum, { report }) => sum + of(report), 0);
  const [passed, failed, skipped] = [
    count(({ numPassedTests }) => numPassedTests),
    count(({ numFailedTests }) => numFailedTests),
    count(({ numPendingTests }) => numPendingTests),
  ];
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  if (outcomes.some(({ code }) => code !== 0)) throw new Failure("Some tests failed; see above.");
});
