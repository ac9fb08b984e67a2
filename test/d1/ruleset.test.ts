import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Ruleset } from "../../contract/ruleset.ts";
import { commit } from "../../d1/commit.ts";
import { insertAudience } from "../../d1/audiences.ts";
import { newId } from "../../d1/id.ts";
import { compileRulesets } from "../../d1/ruleset.ts";
import { type Database, startDatabase } from "./database.ts";

describe("the rulesets of a workspace", () => {
  let d1: Database;
  let close: () => Promise<void>;
  beforeAll(async () => {
    ({ d1, close } = await startDatabase());
  });
  afterAll(() => close());

  it("are there from the start, for production with eight shards and development with one", async () => {
    const { revision, rulesets } = await compileRulesets(d1);
    expect(revision).toBe(0);
    expect(
      rulesets.map(({ environment, shards, enabled, generation }) => [environment, shards, enabled, generation]),
    ).toEqual([
      ["production", 8, true, 1],
      ["development", 1, true, 1],
    ]);
    for (const ruleset of rulesets) expect(Ruleset.strict().safeParse(ruleset).error).toBeUndefined();
  });

  it("say the revision that they were read at, and the same text for the same state", async () => {
    const before = await compileRulesets(d1);
    const audience = { id: newId("aud"), key: "nobody", name: "x", rules: [], created_at: "2026-01-01T00:00:00.000Z" };
    const { revision } = await commit(d1, "key:k", async () => ({
      result: null,
      statements: [insertAudience(d1, audience)],
      action: "audience.create",
      target: "audience:nobody",
      change: { before: null, after: audience },
    }));
    const after = await compileRulesets(d1);
    expect(after.revision).toBe(revision);
    // Nobody asks for the audience, so no ruleset carries it.
    expect(JSON.stringify(after.rulesets)).toBe(JSON.stringify(before.rulesets));
  });
});
