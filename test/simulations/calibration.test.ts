import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { checkFile, VectorFile } from "../golden/check-file.ts";
import { methodNamed } from "../golden/methods.ts";

describe.each(["looks", "other"])("the simulated rates of calibration_%s", (name) => {
  const file = VectorFile.parse(
    JSON.parse(readFileSync(new URL(`../fixtures/statistics/calibration_${name}.json`, import.meta.url), "utf8")),
  );

  it("are those of the vectors, within four standard errors of both", { timeout: 300_000 }, () => {
    const method = methodNamed(file.method);
    expect(method?.kind).toBe("simulated");
    const outcomes = method ? checkFile(file, method) : [];
    expect(outcomes).toHaveLength(file.cases.length);
    expect(outcomes.filter(({ failures }) => failures.length > 0)).toEqual([]);
  });
});
