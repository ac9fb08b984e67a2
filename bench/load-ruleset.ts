/**
 * Reading, parsing and compiling a ruleset of 10,000 experiments, as a new isolate does, beside a plain ruleset: one JSON object
 * an experiment, compiled to closures and maps.
 *
 *     node bench/load-ruleset.ts
 *
 * Each load has a process of its own, so that nothing is warm; the two take turns, and figures are medians of the rounds.
 * `warm` repeats the loading in this process.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { compile } from "../core/compile.ts";
import { encodeRuleset } from "../core/encode-ruleset.ts";
import { aLargeRuleset } from "./harness/a-large-ruleset.ts";
import { alternate, timesFaster } from "./harness/alternate.ts";
import { atLeast, atMost, figure, row } from "./harness/goal.ts";
import type { LoadFigures } from "./harness/load-figures.ts";
import { median } from "./harness/median.ts";
import { compilePlainly } from "./peers/plain-ruleset.ts";

const EXPERIMENTS = 10_000;
const ROUNDS = 15;
const KB = 1_000;
const MB = 1_000_000;

const folder = mkdtempSync(join(tmpdir(), "edgeworth-bench-"));
const script = fileURLToPath(new URL("harness/load-once.ts", import.meta.url));

const loadOnce = (kind: "edgeworth" | "plain", file: string, key: string): LoadFigures => {
  const lines = execFileSync(process.execPath, ["--expose-gc", script, kind, file, key], { encoding: "utf8" });
  return JSON.parse(lines.trim().split("\n").at(-1) ?? "");
};

const measure = (predicates: 300 | "distinct"): void => {
  const ruleset = aLargeRuleset({ experiments: EXPERIMENTS, predicates });
  const key = ruleset.experiments[EXPERIMENTS / 2]?.key ?? "";
  const texts = { edgeworth: JSON.stringify(encodeRuleset(ruleset)), plain: JSON.stringify(ruleset) } as const;
  const files = { edgeworth: join(folder, "edgeworth.json"), plain: join(folder, "plain.json") } as const;
  for (const kind of ["edgeworth", "plain"] as const) writeFileSync(files[kind], texts[kind]);

  const rounds = Array.from({ length: ROUNDS }, () => ({
    edgeworth: loadOnce("edgeworth", files.edgeworth, key),
    plain: loadOnce("plain", files.plain, key),
  }));
  const of = (kind: "edgeworth" | "plain", name: keyof LoadFigures): number =>
    median(rounds.map((round) => round[kind][name]));
  const times = (name: keyof LoadFigures): number =>
    median(rounds.map(({ edgeworth, plain }) => plain[name] / edgeworth[name]));

  const [us, them] = alternate(
    [
      { name: "edgeworth", once: () => compile(JSON.parse(readFileSync(files.edgeworth, "utf8"))) },
      { name: "plain", once: () => compilePlainly(JSON.parse(readFileSync(files.plain, "utf8"))) },
    ],
    { rounds: 7, roundMs: 100, cycle: 1 },
  );

  const kindOf = predicates === "distinct" ? "all predicates distinct" : `${predicates} distinct predicates`;
  console.log(`\n${EXPERIMENTS} experiments, ${kindOf}`);
  console.log(row("", "edgeworth", "plain", "ratio"));
  const timeRow = (title: string, name: keyof LoadFigures, goal?: number): void => {
    const ratio = times(name);
    const told = goal === undefined ? "" : `  ${atLeast(goal, ratio)}`;
    console.log(row(title, of("edgeworth", name).toFixed(1), of("plain", name).toFixed(1), ratio.toFixed(1), told));
  };
  timeRow("cold load, ms", "loadMs", 10);
  timeRow("cold load and one decision, ms", "firstOneMs");
  timeRow("cold load and all decisions, ms", "firstAllMs");
  if (us && them)
    console.log(
      row("warm load, ms of CPU", figure(us.us / 1_000), figure(them.us / 1_000), timesFaster(us, them).toFixed(1)),
    );

  const sizeRow = (title: string, size: (text: string) => number, goal?: number): void => {
    const [ours, plain] = [size(texts.edgeworth) / KB, size(texts.plain) / KB];
    const told = goal === undefined ? "" : `  ${atMost(goal, ours, { unit: "KB" })}`;
    console.log(row(title, ours.toFixed(0), plain.toFixed(0), (plain / ours).toFixed(1), told));
  };
  sizeRow("text, KB", (text) => Buffer.byteLength(text));
  sizeRow("text with gzip, KB", (text) => gzipSync(text).length, 200);
  sizeRow("text with brotli, KB", (text) => brotliCompressSync(text).length);

  const heapRow = (title: string, name: keyof LoadFigures, goal?: number): void => {
    const [ours, plain] = [of("edgeworth", name) / MB, of("plain", name) / MB];
    const told = goal === undefined ? "" : `  ${atMost(goal, ours, { unit: "MB" })}`;
    console.log(row(title, ours.toFixed(1), plain.toFixed(1), (plain / ours).toFixed(1), told));
  };
  heapRow("held after load, MB", "heldAfterLoadBytes", 4);
  heapRow("held after the first user, MB", "heldBytes");
  heapRow("held after 100 users, MB", "heldAfterUseBytes");
};

try {
  for (const predicates of [300, "distinct"] as const) measure(predicates);
} finally {
  rmSync(folder, { recursive: true });
}
