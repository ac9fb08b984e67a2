import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";

describe("the migrations", () => {
  it("lead to the schema: nothing is left to generate", () => {
    const copy = mkdtempSync(join(tmpdir(), "edgeworth-migrations-"));
    try {
      cpSync("d1/migrations", copy, { recursive: true });
      const before = readdirSync(copy);
      // drizzle-kit takes only a path that is relative to where it runs.
      const out = relative(process.cwd(), copy);
      const said = execFileSync(
        process.execPath,
        ["node_modules/drizzle-kit/bin.cjs", "generate", "--dialect=sqlite", "--schema=d1/schema.ts", `--out=${out}`],
        { encoding: "utf8" },
      );
      expect(said).toContain("No schema changes");
      expect(readdirSync(copy)).toEqual(before);
    } finally {
      rmSync(copy, { recursive: true });
    }
  });
});
