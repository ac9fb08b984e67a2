import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tool } from "../../scripts/command.ts";
import { inRoot } from "../../scripts/root.ts";

/** What the design forbids: the file, and a line that must not stand in it. */
const forbidden: readonly (readonly [file: string, line: string])[] = [
  ["contract/a.ts", 'export { a } from "../core/a.ts";'],
  ["contract/b.ts", 'export { Hono } from "hono";'],
  ["core/a.ts", 'export { z } from "zod";'],
  ["core/b.ts", 'export { Key } from "../contract/key.ts";'],
  ["core/c.ts", 'export { a } from "../counting/a.ts";'],
  ["core/d.ts", "export const now = () => Date.now();"],
  ["counting/a.ts", 'export { DurableObject } from "cloudflare:workers";'],
  ["analytics/a.ts", 'export { a } from "../d1/a.ts";'],
  ["d1/a.ts", 'export { a } from "../core/a.ts";'],
  ["durable-objects/a.ts", 'export { a } from "../analytics/a.ts";'],
  ["workers/admin/a.ts", 'export { a } from "../decide/a.ts";'],
  ["workers/ingest/a.ts", 'export { eq } from "drizzle-orm";'],
  ["workers/http/a.ts", 'export { a } from "../../core/a.ts";'],
  ["ui/a.ts", 'export { Key } from "../contract/key.ts";'],
  ["ui/b.ts", 'export { z } from "zod";'],
  ["sdk/a.ts", 'export { Key } from "../contract/key.ts";'],
];

/** What it allows, beside them. */
const allowed: readonly (readonly [file: string, line: string])[] = [
  ["contract/z.ts", 'export { z } from "zod";'],
  ["core/z.ts", 'export type { Ruleset } from "../contract/ruleset.ts";'],
  ["d1/z.ts", 'export { eq } from "drizzle-orm";'],
  ["durable-objects/z.ts", 'export { a } from "../counting/a.ts";'],
  ["workers/admin/z.ts", 'export { a } from "../../analytics/a.ts";'],
  ["ui/z.ts", 'export type { Key } from "../contract/key.ts";'],
  ["sdk/z.ts", 'export { a } from "../core/a.ts";'],
];

describe("the linter", () => {
  const folder = mkdtempSync(join(tmpdir(), "edgeworth-lint-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  let refused: Set<string>;
  beforeAll(() => {
    copyFileSync(inRoot(".oxlintrc.json"), join(folder, ".oxlintrc.json"));
    for (const [file, line] of [...forbidden, ...allowed]) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), `${line}\n`);
    }
    let output: string;
    try {
      output = execFileSync(tool("oxlint"), ["--format=json", "."], { cwd: folder, encoding: "utf8" });
    } catch (error) {
      // It exits with 1 when it refuses anything, which is what it is here for.
      output = (error as { stdout: string }).stdout;
    }
    const { diagnostics } = JSON.parse(output) as { diagnostics: { code: string; filename: string }[] };
    refused = new Set(diagnostics.filter(({ code }) => code.includes("no-restricted")).map(({ filename }) => filename));
  });

  it.each(forbidden)("refuses in %s: %s", (file) => {
    expect([...refused]).toContain(file);
  });

  it.each(allowed)("allows in %s: %s", (file) => {
    expect([...refused]).not.toContain(file);
  });
});
