import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { EncodedRuleset } from "../../../contract/encoded-ruleset.ts";
import type { RulesetFlag } from "../../../contract/ruleset.ts";
import { decodeRuleset } from "../../../core/decode-ruleset.ts";
import { encodeIdList } from "../../../core/id-list.ts";
import { anExperiment } from "../../core/a-ruleset.ts";
import {
  advance,
  here,
  key,
  observed,
  order,
  publish,
  rulesetOf,
  start,
  startAfresh,
  stop,
} from "../../observed-decide.ts";

beforeAll(start);
beforeEach(startAfresh);
afterAll(stop);

const download = (type: "client" | "server", query = "", headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${here.origin}/v1/ruleset${query}`, {
    headers: { authorization: `Bearer ${key(here.environment, type)}`, ...headers },
  });

type Body = EncodedRuleset & { readonly version: number; readonly remote?: Readonly<Record<string, string[]>> };

const bodyOf = async (response: Promise<Response>): Promise<Body> => {
  const answer = await response;
  expect(answer.status).toBe(200);
  return (await answer.json()) as Body;
};

const etagOf = async (response: Promise<Response>): Promise<string> => (await response).headers.get("etag") ?? "none";

const aFlag = (flagKey: string, change: Partial<RulesetFlag> = {}): RulesetFlag => ({
  id: `id-${flagKey}`,
  key: flagKey,
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

describe("GET /v1/ruleset", () => {
  it("gives a server the whole ruleset with its version, and no SDK keys", async () => {
    const ruleset = rulesetOf({ flags: [aFlag("secret", { is_server_only: true })] });
    await publish(ruleset);
    const { version, ...encoded } = await bodyOf(download("server"));
    expect(version).toBe(1);
    expect(encoded.format).toBe(2);
    expect(decodeRuleset(encoded)).toEqual({ ...ruleset, keys: [] });
  });

  it("gives a client nothing that is server-only, no list of ids, and names what only we can decide", async () => {
    const listed = [{ conditions: [{ operator: "in_audience", value: "vips" } as const] }];
    await publish(
      rulesetOf({
        experiments: [
          anExperiment({ key: "open" }),
          anExperiment({ key: "hidden", is_server_only: true }),
          anExperiment({ key: "for_vips", rules: listed }),
        ],
        flags: [aFlag("open"), aFlag("hidden", { is_server_only: true })],
        audiences: [{ key: "vips", rules: [], ids: { attribute: "user_id", list: encodeIdList(["vip-1", "vip-2"]) } }],
      }),
    );
    const text = await (await download("client")).text();
    const { version, remote, ...encoded } = JSON.parse(text) as Body;
    const ruleset = decodeRuleset(encoded);
    expect(version).toBe(1);
    expect(ruleset.experiments.map((experiment) => experiment.key)).toEqual(["open"]);
    expect(ruleset.flags.map((flag) => flag.key)).toEqual(["open"]);
    expect(remote).toEqual({ experiments: ["for_vips"], flags: [] });
    expect([ruleset.keys, ruleset.metrics]).toEqual([[], []]);
    expect(text).not.toMatch(/hidden|"vips"/);
    expect(text).not.toContain(encodeIdList(["vip-1", "vip-2"]));
  });

  it("answers 304 to what the client has, weakened or in a list or whatever it is, and 200 after a publish", async () => {
    await publish(rulesetOf());
    const etag = await etagOf(download("server"));
    expect(etag).toMatch(/^"[\w-]{43}"$/);
    for (const sent of [etag, `W/${etag}`, `"other", ${etag}`, "*", " * "]) {
      const answer = await download("server", "", { "if-none-match": sent });
      expect([answer.status, await answer.text(), answer.headers.get("etag")]).toEqual([304, "", etag]);
    }
    expect(await etagOf(download("client", "", { "if-none-match": etag }))).not.toBe(etag);
    await publish(rulesetOf({ shards: 2 }));
    await advance(5_000);
    expect((await download("server", "", { "if-none-match": etag })).status).toBe(200);
  });

  it("may be kept by nobody but the client, who asks each time", async () => {
    await publish(rulesetOf());
    const { headers } = await download("client");
    expect(headers.get("cache-control")).toBe("private, no-cache");
    expect(headers.get("vary")).toBe("authorization, x-api-key");
    expect(headers.get("access-control-allow-origin")).toBe("*");
    expect(headers.get("access-control-expose-headers")).toContain("etag");
  });

  it("lets a page of any origin send a tag", async () => {
    const { headers } = await fetch(`${here.origin}/v1/ruleset`, { method: "OPTIONS" });
    expect(headers.get("access-control-allow-headers")).toContain("if-none-match");
  });

  it("makes the text once a version and type of key, however many ask at once", async () => {
    await publish(rulesetOf());
    await download("server");
    await observed();
    await Promise.all(Array.from({ length: 20 }, () => download("client")));
    await download("client");
    await download("server");
    const { calls, compiled } = await observed();
    expect(calls.filter((call) => call === "RULES.get")).toHaveLength(1);
    expect(compiled).toEqual([]);
  });

  it("fetches the version that a client was told of", async () => {
    await publish(rulesetOf());
    expect((await bodyOf(download("server"))).version).toBe(1);
    await publish(rulesetOf({ shards: 2 }));
    // No time has passed, so that nothing else would refresh.
    expect((await bodyOf(download("server"))).version).toBe(1);
    expect((await bodyOf(download("server", "?version=2"))).version).toBe(2);
    expect((await bodyOf(download("server", "?version=99"))).version).toBe(2);
  });

  it.each([
    ["?version=two", 400],
    ["?colour=red", 400],
  ])("refuses %s with %i", async (query, status) => {
    await publish(rulesetOf());
    expect((await download("server", query)).status).toBe(status);
  });

  it("refuses a wrong key, and asks to come back while there is nothing to be read", async () => {
    await publish(rulesetOf());
    expect((await fetch(`${here.origin}/v1/ruleset`)).status).toBe(401);
    expect((await fetch(`${here.origin}/v1/ruleset`, { headers: { "x-api-key": key("nowhere") } })).status).toBe(401);
    await order({ restart: true, broken: ["RULES", "PUBLISHER"] });
    const { status, headers } = await download("server");
    expect([status, headers.get("retry-after")]).toEqual([503, "5"]);
  });
});
