import { build } from "./build.ts";
import { command, tool } from "./command.ts";
import { Failure, runScript, Steps } from "./steps.ts";

const checks: readonly { title: string; file: string; args: readonly string[] }[] = [
  { title: "Format (oxfmt)", file: tool("oxfmt"), args: ["--check"] },
  { title: "Lint and import rules (oxlint)", file: tool("oxlint"), args: ["--type-aware", "--deny-warnings"] },
  { title: "Types (tsc)", file: tool("tsc"), args: ["-b"] },
  { title: "Dead code (knip)", file: tool("knip"), args: [] },
  { title: "Sizes (size-limit)", file: tool("size-limit"), args: [] },
];

/** Runs every check to its end, so that one run shows all that is wrong; prints the output of those that failed. */
runScript(async () => {
  const steps = new Steps(checks.length + 1);
  await steps.run("Build", build);
  const failed: string[] = [];
  for (const { title, file, args } of checks) {
    const { code, output } = await steps.run(title, () => command(file, args));
    if (code === 0) continue;
    failed.push(title);
    console.log(output);
  }
  if (failed.length > 0) throw new Failure(`Failed: ${failed.join(", ")}. \`npm run format\` mends the format.`);
});
