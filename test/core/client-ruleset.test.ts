import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Ruleset, RulesetFlag } from "../../contract/ruleset.ts";
import type { Condition } from "../../contract/targeting.ts";
import { clientRuleset } from "../../core/client-ruleset.ts";
import { compile } from "../../core/compile.ts";
import { encodeRuleset } from "../../core/encode-ruleset.ts";
import { evaluateExperiment, evaluateFlag } from "../../core/evaluate.ts";
import { encodeIdList } from "../../core/id-list.ts";
import { aMetric, aRuleset, anExperiment } from "./a-ruleset.ts";
import { anyInput } from "./any-input.ts";
import { anyRuleset } from "./any-ruleset.ts";

const aFlag = (change: Partial<RulesetFlag>): RulesetFlag => ({
  id: `id-${change.key}`,
  key: "banner",
  type: "boolean",
  enabled: true,
  unit_type: "user_id",
  default_value: false,
  variants: {},
  rules: [],
  prerequisites: [],
  metadata: {},
  ...change,
});

const inAudience = (value: string): Condition => ({ operator: "in_audience", value });
const rulesOf = (...conditions: Condition[]) => [{ conditions }];
const flagRulesOf = (...conditions: Condition[]) => [{ name: "rule", conditions, value: true }];

const listed = encodeIdList(["id-on-the-list"]);

/** Things of all sorts, where what a client must not know has "secret" in its name. */
const ruleset = aRuleset({
  unit_id_salt: "secret-salt",
  keys: [{ id: "secret-key-id", type: "server", hash: "secret-key-hash" }],
  metrics: [
    aMetric({
      id: "secret-metric-id",
      numerator: {
        event: "secret_event",
        value: null,
        filters: [{ property: "secret_property", operator: "eq", value: "secret" }],
      },
    }),
  ],
  audiences: [
    { key: "open", rules: rulesOf({ attribute: "plan", operator: "eq", value: "pro" }) },
    { key: "open_inner", rules: rulesOf(inAudience("open")) },
    { key: "secret_unused", rules: rulesOf({ attribute: "secret_attribute", operator: "exists" }) },
    { key: "secret_listed", rules: [], ids: { attribute: "user_id", list: listed } },
    { key: "secret_nested", rules: rulesOf({ not: { any: [inAudience("secret_listed")] } }) },
  ],
  holdouts: [
    { key: "global", unit_type: "user_id", salt: "h", share_bp: 500, covers: null },
    {
      key: "some",
      unit_type: "user_id",
      salt: "h2",
      share_bp: 500,
      covers: { experiments: ["secret_server", "open_test"], flags: ["secret_flag"] },
    },
    {
      key: "secret_holdout",
      unit_type: "user_id",
      salt: "h3",
      share_bp: 500,
      covers: { experiments: ["secret_server"], flags: [] },
    },
  ],
  experiments: [
    anExperiment({
      key: "open_test",
      rules: rulesOf(inAudience("open_inner")),
      metrics: [{ id: "secret-metric-id", role: "primary" }],
      dimensions: ["secret_attribute"],
      watched: ["id-secret_server"],
      member_type: "secret_member",
      switchback_minutes: 60,
      burn_in_minutes: 7,
    }),
    anExperiment({ key: "secret_server", is_server_only: true }),
    anExperiment({ key: "by_list", rules: rulesOf(inAudience("secret_nested")) }),
    anExperiment({ key: "by_id", rules: rulesOf({ attribute: "user_id", operator: "in", value: ["secret-user"] }) }),
    anExperiment({
      key: "by_mail",
      rules: rulesOf({ all: [{ attribute: "mail", operator: "eq", value: "secret@example.com" }] }),
    }),
    anExperiment({ key: "after_server", prerequisites: [{ experiment: "secret_server", variants: ["control"] }] }),
    anExperiment({ key: "after_remote", prerequisites: [{ flag: "flag_after", value: true }] }),
  ],
  flags: [
    aFlag({
      key: "open_flag",
      rules: flagRulesOf({ attribute: "plan", operator: "starts_with", value: "pro" }),
    }),
    aFlag({ key: "secret_flag", is_server_only: true, metadata: { note: "secret" } }),
    aFlag({ key: "flag_after", prerequisites: [{ flag: "flag_by_list", value: true }] }),
    aFlag({ key: "flag_by_list", rules: flagRulesOf(inAudience("secret_listed")) }),
    aFlag({
      key: "flag_on_server",
      rules: [{ name: "test", conditions: [], experiment: { key: "secret_server", values: { control: true } } }],
    }),
  ],
  overrides: [
    { experiment: "open_test", unit_type: "user_id", unit_hash: "0123456789abcdef", variant: "control" },
    { experiment: "secret_server", unit_type: "user_id", unit_hash: "secret-hash", variant: "control" },
    { flag: "flag_by_list", unit_type: "user_id", unit_hash: "secret-hash", value: true },
  ],
});

const keysOf = (items: readonly { readonly key: string }[]): string[] => items.map(({ key }) => key);

describe("a client's ruleset", () => {
  const client = clientRuleset(ruleset);

  it("has what a client may know and decide", () => {
    expect(keysOf(client.experiments)).toEqual(["open_test"]);
    expect(keysOf(client.flags)).toEqual(["open_flag"]);
    expect(keysOf(client.audiences)).toEqual(["open", "open_inner"]);
    expect(client.holdouts.map(({ key, covers }) => [key, covers])).toEqual([
      ["global", null],
      ["some", { experiments: ["open_test"], flags: [] }],
    ]);
    expect(client.overrides).toEqual([
      { experiment: "open_test", unit_type: "user_id", unit_hash: "0123456789abcdef", variant: "control" },
    ]);
  });

  it("names what has to be asked for, and nothing that is server-only", () => {
    expect(client.remote).toEqual({
      experiments: ["by_list", "by_id", "by_mail", "after_server", "after_remote"],
      flags: ["flag_after", "flag_by_list", "flag_on_server"],
    });
  });

  it("lets nothing else slip out, as it is or encoded", () => {
    const { remote, ...shown } = client;
    for (const text of [JSON.stringify(client), JSON.stringify({ remote, ...encodeRuleset(shown) })]) {
      expect(text).not.toMatch(/secret/i);
      expect(text).not.toContain(listed);
      expect(text).not.toContain("burn_in");
    }
  });

  it.each<Condition>([
    { attribute: "customer_id", operator: "in", value: ["CUST-777"] },
    { attribute: "user.id", operator: "in", value: ["UID-777"] },
    { attribute: "email", operator: "eq", value: "Ada Lovelace <ada2@leak.org>" },
    { attribute: "email", operator: "matches", value: "^ivy@leak\\.org$|^jon @" },
    { attribute: "team", operator: "eq", value: "Ada Lovelace <ada2@leak.org>" },
    { attribute: "team", operator: "matches", value: "^ivy@leak\\.org$|^jon @" },
    { attribute: "ada@leak.org", operator: "eq", value: true },
    ...[
      "userId",
      "accountIDs",
      "E-Mail",
      "user.Email",
      "phone_number",
      "email_sha256",
      "login",
      "ip",
      "ip_address",
    ].map((attribute): Condition => ({ attribute, operator: "starts_with", value: "a" })),
    ...["username", "full_name", "user", "customers", "account", "session.uuid", "useremail", "customer.id2"].map(
      (attribute): Condition => ({ not: { any: [{ attribute, operator: "contains", value: "a" }] } }),
    ),
  ])("leaves out what compares %j, in an audience too", (condition) => {
    const { remote, ...shown } = clientRuleset(
      aRuleset({
        audiences: [{ key: "people", rules: rulesOf(condition) }],
        experiments: [
          anExperiment({ key: "direct", rules: rulesOf(condition) }),
          anExperiment({ key: "by_audience", rules: rulesOf(inAudience("people")) }),
        ],
        flags: [aFlag({ rules: flagRulesOf(condition) })],
      }),
    );
    expect(remote).toEqual({ experiments: ["direct", "by_audience"], flags: ["banner"] });
    expect([shown.experiments, shown.flags, shown.audiences]).toEqual([[], [], []]);
  });

  it.each(
    "country plan version user.plan account.tier edge.city edge.device build_number paid android is_mobile email_domain number ip_country valid 2".split(
      " ",
    ),
  )("lets %s be compared", (attribute) => {
    const rules = rulesOf({ attribute, operator: "in", value: ["a", "b"] });
    expect(clientRuleset(aRuleset({ experiments: [anExperiment({ rules })] })).remote.experiments).toEqual([]);
  });

  it("lets anybody be asked whether he has an id", () => {
    const rules = rulesOf({ attribute: "customer_id", operator: "exists" });
    expect(clientRuleset(aRuleset({ experiments: [anExperiment({ rules })] })).remote.experiments).toEqual([]);
  });

  it("leaves out flags with an address in a rule's name, and what depends on them", () => {
    const rules = [{ name: "for carl@leak.org only", conditions: [], value: true }];
    const { remote, ...shown } = clientRuleset(
      aRuleset({
        experiments: [anExperiment({ prerequisites: [{ flag: "banner", value: true }] })],
        flags: [aFlag({ rules })],
      }),
    );
    expect(remote).toEqual({ experiments: ["checkout_button"], flags: ["banner"] });
    expect(JSON.stringify(shown)).not.toContain("carl");
  });

  it("lets a cluster's place be targeted", () => {
    const byCountry: Ruleset = aRuleset({
      experiments: [
        anExperiment({
          unit_type: "country",
          rules: rulesOf({ attribute: "country", operator: "in", value: ["AT", "DE"] }),
        }),
      ],
    });
    expect(clientRuleset(byCountry).remote.experiments).toEqual([]);
  });

  it("decides what is in it as the whole ruleset does for a client", () => {
    fc.assert(
      fc.property(anyRuleset, anyInput, (whole, request) => {
        const { remote, ...shown } = clientRuleset(whole);
        const input = { ...request, isClient: true };
        const [full, part] = [compile(encodeRuleset(whole)), compile(encodeRuleset(shown))];
        for (const { key } of shown.experiments)
          expect(evaluateExperiment(part, key, input)).toEqual(evaluateExperiment(full, key, input));
        for (const { key } of shown.flags)
          expect(evaluateFlag(part, key, input)).toEqual(evaluateFlag(full, key, input));
        const all = [...keysOf(shown.experiments), ...remote.experiments].toSorted();
        expect(all).toEqual(keysOf(whole.experiments.filter(({ is_server_only }) => !is_server_only)).toSorted());
      }),
      { seed: 61, numRuns: 1_000 },
    );
  });
});
