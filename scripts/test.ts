import { build } from "./build.ts";
import { command, tool } from "./command.ts";
import { inRoot } from "./root.ts";
import { Failure, runScript } from "./steps.ts";
import { readFileSync, rmSync } from "node:fs";

interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numFailedTestSuites: number;
}

/** Builds what the Workers serve, runs every test (or those that the arguments choose), and ends with a count. */
runScript(async () => {
  const args = process.argv.slice(2);
  const reportFile = inRoot("node_modules", ".cache", "edgeworth", "tests.json");
  rmSync(reportFile, { force: true });
  console.log("Building the dashboard and the example shop…");
  await build();
  const { code } = await command(
    tool("vitest"),
    ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${reportFile}`, ...args],
    { show: true },
  );
  const report = JSON.parse(readFileSync(reportFile, "utf8")) as VitestReport;
  console.log(`${report.numPassedTests} passed, ${report.numFailedTests} failed, ${report.numPendingTests} skipped`);
  if (code !== 0) throw new Failure("Some tests failed; see above.");
});
