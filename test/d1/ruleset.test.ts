import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Flag, FlagRule } from "../../contract/flag.ts";
import { Ruleset } from "../../contract/ruleset.ts";
import type { Rule } from "../../contract/targeting.ts";
import { commit } from "../../d1/commit.ts";
import { shareBp } from "../../core/share.ts";
import { insertAudience, updateAudience } from "../../d1/audiences.ts";
import type { Statement } from "../../d1/database.ts";
import { insertFlag } from "../../d1/flags.ts";
import { newId } from "../../d1/id.ts";
import { compileRulesets } from "../../d1/ruleset.ts";
import { type Database, startDatabase } from "./database.ts";

const at = "2026-01-01T00:00:00.000Z";
const aRule: FlagRule = {
  name: "",
  conditions: [],
  value: true,
  variant: null,
  rollout: null,
  schedule: [],
  unit_type: null,
  salt: null,
  experiment: null,
  values: null,
};

const rulesOf = (value: number): Rule[] => [{ conditions: [{ attribute: "n", operator: "eq", value }] }];

describe("the rulesets of a workspace", () => {
  let d1: Database;
  let close: () => Promise<void>;
  beforeAll(async () => {
    ({ d1, close } = await startDatabase());
  });
  afterAll(() => close());

  it("are there from the start, for production with eight shards and development with one", async () => {
    const { revision, rulesets } = await compileRulesets(d1, shareBp);
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
    const before = await compileRulesets(d1, shareBp);
    const audience = {
      id: newId("aud"),
      key: "nobody",
      name: "x",
      rules: [],
      ids: null,
      created_at: "2026-01-01T00:00:00.000Z",
    };
    const { revision } = await commit(d1, "key:k", async () => ({
      result: null,
      statements: [insertAudience(d1, audience, { attribute: "user_id", list: null })],
      action: "audience.create",
      target: "audience:nobody",
      change: { before: null, after: audience },
    }));
    const after = await compileRulesets(d1, shareBp);
    expect(after.revision).toBe(revision);
    // Nobody asks for the audience, so no ruleset carries it.
    expect(JSON.stringify(after.rulesets)).toBe(JSON.stringify(before.rulesets));
  });

  it("never hold a list of one state and rules of another, however often both are written", async () => {
    const audience = {
      id: newId("aud"),
      key: "busy",
      name: "x",
      rules: rulesOf(0),
      ids: { attribute: "user_id", count: 1 },
      created_at: at,
    };
    const flag: Flag = {
      id: newId("flg"),
      key: "asking",
      name: "x",
      description: "",
      type: "boolean",
      unit_type: "user_id",
      salt: "s",
      default_value: false,
      variants: {},
      metadata: {},
      prerequisites: [],
      server_only: false,
      archived: false,
      environments: {
        production: { enabled: true, rules: [{ ...aRule, conditions: [{ operator: "in_audience", value: "busy" }] }] },
      },
      revision: 1,
      created_at: at,
      updated_at: at,
    };
    const store = (...statements: Statement[]) =>
      commit(d1, "key:k", async () => ({
        result: null,
        statements,
        action: "audience.change",
        target: "audience:busy",
        change: { before: null, after: null },
      }));
    await store(insertAudience(d1, audience, { attribute: "user_id", list: "list 0" }), insertFlag(d1, flag));
    const writing = (async () => {
      for (let n = 1; n <= 30; n++)
        await store(
          updateAudience(d1, { ...audience, rules: rulesOf(n) }, { attribute: "user_id", list: `list ${n}` }),
        );
    })();
    const seen: string[][] = [];
    for (let read = 0; read < 15; read++) {
      const { rulesets } = await compileRulesets(d1, shareBp);
      const [found] = rulesets[0]?.audiences ?? [];
      seen.push([JSON.stringify(found?.rules), found?.ids?.list ?? ""]);
    }
    await writing;
    for (const [rules, list = ""] of seen) expect(rules).toBe(JSON.stringify(rulesOf(Number(list.split(" ")[1]))));
  });
});
