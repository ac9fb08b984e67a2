/**
 * Runs every file of golden vectors in a folder (and the folders in it) against `analytics/`, or a single file:
 *
 *     npm run golden -- [DIR]
 *
 * Prints a line a file with its worst error as a share of what is allowed; ends with `N passed, N failed`, and exits 1 when
 * any case failed, or a file's method is not known.
 */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { Failure, runScript } from "../../scripts/steps.ts";
import { checkFile, VectorFile } from "./check-file.ts";
import { methodNamed } from "./methods.ts";

const MOST_FAILURES_SHOWN = 5;

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() === true;

const vectorFilesIn = (path: string): string[] => {
  if (isFile(path)) return [path];
  if (!existsSync(path)) throw new Failure(`${path} is no folder.`);
  const files = readdirSync(path, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".json"))
    .map((file) => join(path, file))
    .filter(isFile);
  if (files.length === 0) throw new Failure(`${path} holds no .json files.`);
  return files.toSorted();
};

const readFile = (path: string): VectorFile | string => {
  try {
    const parsed = VectorFile.safeParse(JSON.parse(readFileSync(path, "utf8").replace(/^\uFEFF/u, "")));
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    return `is no file of vectors: ${issue?.path.join(".") || "all of it"}: ${issue?.message ?? "unknown shape"}`;
  } catch (error) {
    return `cannot be read: ${String(error)}`;
  }
};

runScript(async () => {
  const [dir, ...more] = process.argv.slice(2);
  if (more.length > 0) throw new Failure("npm run golden takes one folder.");
  const folder = resolve(dir ?? join(import.meta.dirname, "../fixtures/statistics"));
  let passed = 0;
  let failed = 0;
  let corrected = 0;
  for (const path of vectorFilesIn(folder)) {
    const name = relative(folder, path) || path;
    const file = readFile(path);
    const method = typeof file === "string" ? undefined : methodNamed(file.method);
    if (typeof file === "string" || method === undefined) {
      const cases = typeof file === "string" ? 1 : file.cases.length;
      failed += cases;
      console.log(`✗ ${name}: ${typeof file === "string" ? file : `no method is called “${file.method}”`}`);
      continue;
    }
    const outcomes = checkFile(file, method);
    const wrong = outcomes.filter(({ failures }) => failures.length > 0);
    passed += outcomes.length - wrong.length;
    failed += wrong.length;
    const mended = outcomes.reduce((sum, each) => sum + each.corrected, 0);
    corrected += mended;
    const worst = Math.max(...outcomes.map(({ worst }) => worst));
    console.log(
      `${wrong.length === 0 ? "✓" : "✗"} ${name}: ${outcomes.length - wrong.length} of ${outcomes.length}, worst error ${worst.toPrecision(2)} of the tolerance${mended === 0 ? "" : `; ${mended} wrong ${mended === 1 ? "number" : "numbers"} of the file put right`}`,
    );
    for (const { name: title, failures } of wrong.slice(0, MOST_FAILURES_SHOWN))
      for (const failure of failures.slice(0, MOST_FAILURES_SHOWN)) console.log(`    ${title}: ${failure}`);
    if (wrong.length > MOST_FAILURES_SHOWN) console.log(`    and ${wrong.length - MOST_FAILURES_SHOWN} more cases`);
  }
  if (corrected > 0)
    console.log(
      `${corrected} numbers of the files are wrong and were put right: test/golden/errata.ts has the proofs.`,
    );
  console.log(`${passed} passed, ${failed} failed`);
  if (failed > 0) process.exitCode = 1;
});
