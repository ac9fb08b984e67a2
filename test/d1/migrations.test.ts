import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { DatabaseSync } from "node:sqlite";
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

  it("keep what a workspace of the first releases holds, with nothing that it was not told", () => {
    const db = new DatabaseSync(":memory:");
    const files = readdirSync("d1/migrations")
      .filter((name) => name.endsWith(".sql"))
      .toSorted();
    const apply = (names: readonly string[]): void => {
      for (const name of names) db.exec(readFileSync(join("d1/migrations", name), "utf8"));
    };
    const later = files.findIndex((name) => name.startsWith("0003"));
    apply(files.slice(0, later));
    const at = "'2026-01-01T00:00:00.000Z'";
    db.exec(`
      INSERT INTO layers VALUES ('lay_1', 'one/traffic', 'One', 'salt/traffic', 'user_id', ${at});
      INSERT INTO metrics (id, key, name, type, event, value, direction, created_at)
        VALUES ('met_1', 'bought', 'Bought', 'conversion', 'purchase', 'price', 'increase', ${at});
      INSERT INTO experiments (id, key, name, hypothesis, owner, type, status, environments, salt, unit_type, layer_id,
          rules, significance_level, power, estimated_duration_days, switchback, phase, revision, created_at, updated_at)
        VALUES ('exp_1', 'one', 'One', '', '', 'ab', 'running', '["production"]', 'salt', 'user_id', 'lay_1', '[]', 0.05,
          0.8, 14, '{"window_minutes":60}', 1, 1, ${at}, ${at});`);
    apply(files.slice(later));
    expect(db.prepare("SELECT key, unit_id_salt FROM environments ORDER BY key").all()).toEqual([
      { key: "development", unit_id_salt: null },
      { key: "production", unit_id_salt: null },
    ]);
    expect(db.prepare("SELECT value, filters, retention_days, cap_percentile FROM metrics").all()).toEqual([
      { value: "price", filters: null, retention_days: null, cap_percentile: null },
    ]);
    expect(db.prepare("SELECT status, dimensions, member_type, switchback FROM experiments").all()).toEqual([
      { status: "running", dimensions: "[]", member_type: null, switchback: '{"window_minutes":60}' },
    ]);
    expect(db.prepare("PRAGMA foreign_key_check").all()).toEqual([]);
  });
});
