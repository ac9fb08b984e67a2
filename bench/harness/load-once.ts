/**
 * A process of its own that loads one ruleset from a file, once, and says on its last line what that took:
 *
 *     node --expose-gc bench/harness/load-once.ts <edgeworth|plain> <file> <experiment key>
 *
 * Nothing of the loading has run before, as in a new isolate.
 */
import { readFileSync } from "node:fs";
import { compile } from "../../core/compile.ts";
import { evaluateExperiment, evaluateExperiments } from "../../core/evaluate.ts";
import { compilePlainly, plainAll, plainOne } from "../peers/plain-ruleset.ts";
import { inputOf } from "../peers/ours.ts";
import { type User, users } from "./a-large-ruleset.ts";
import { collectGarbage } from "./collect-garbage.ts";
import type { LoadFigures } from "./load-figures.ts";

const [kind, file = "", key = ""] = process.argv.slice(2);
const [first, ...others] = users(101);
if (!first) throw new Error("There are no users.");

/** Bytes that are still held, outside of the JavaScript heap too: that is where typed arrays are. */
const heldBytes = (): number => {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

interface Loaded {
  readonly one: (user: User) => unknown;
  readonly all: (user: User) => unknown;
}

const read = (): Loaded => {
  if (kind === "plain") {
    const ruleset = compilePlainly(JSON.parse(readFileSync(file, "utf8")));
    return {
      one: (user) => plainOne(ruleset, key, user.id, inputOf(user).context),
      all: (user) => plainAll(ruleset, user.id, inputOf(user).context),
    };
  }
  const compiled = compile(JSON.parse(readFileSync(file, "utf8")));
  return {
    one: (user) => evaluateExperiment(compiled, key, inputOf(user)),
    all: (user) => evaluateExperiments(compiled, inputOf(user)),
  };
};

const before = heldBytes();
const startedAt = performance.now();
const loaded = read();
const loadedAt = performance.now();
const idle = heldBytes();
const resumedAt = performance.now();
const one = loaded.one(first);
const oneAt = performance.now();
const all = loaded.all(first);
const allAt = performance.now();
if (one === undefined || all === undefined) throw new Error("Nothing was decided.");
const after = heldBytes();
for (const user of others) {
  loaded.one(user);
  loaded.all(user);
}
const used = heldBytes();
loaded.one(first);

const figures: LoadFigures = {
  loadMs: loadedAt - startedAt,
  firstOneMs: loadedAt - startedAt + oneAt - resumedAt,
  firstAllMs: loadedAt - startedAt + allAt - resumedAt,
  heldAfterLoadBytes: idle - before,
  heldBytes: after - before,
  heldAfterUseBytes: used - before,
};
console.log(JSON.stringify(figures));
