import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { checkFile, VectorFile } from "./check-file.ts";
import { methodNamed } from "./methods.ts";

const FIXTURES = new URL("../fixtures/statistics/", import.meta.url);
const files = readdirSync(FIXTURES)
  .filter((name) => name.endsWith(".json") && !name.startsWith("calibration_"))
  .map((name) => ({ name, file: VectorFile.parse(JSON.parse(readFileSync(new URL(name, FIXTURES), "utf8"))) }));

describe("analytics agrees with the golden vectors", () => {
  describe.each(files)("of $name", ({ file }) => {
    const method = methodNamed(file.method);
    const outcomes = method ? checkFile(file, method) : [];

    it("in every case", () => {
      expect(method).toBeDefined();
      expect(outcomes).toHaveLength(file.cases.length);
      expect(outcomes.filter(({ failures }) => failures.length > 0)).toEqual([]);
    });
  });
});
