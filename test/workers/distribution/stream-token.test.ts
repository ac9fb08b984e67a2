import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { RulesetKey } from "../../../contract/ruleset.ts";
import { isGenuine, parseStreamToken, type StreamToken, streamPath } from "../../../workers/decide/stream-token.ts";

const key: RulesetKey = { id: "key_01ABC", type: "client", hash: "a".repeat(64) };
/** The beginning of one of the steps that tokens are made in. */
const now = 1_771_622_700_000;
const MINUTE = 60_000;

const tokenOf = async (at: number): Promise<StreamToken> => {
  const path = new URL(await streamPath(key, "production", 7, at), "http://test");
  const token = parseStreamToken(path.searchParams.get("token") ?? "");
  expect(token).toBeDefined();
  return token ?? { environment: "", keyId: "", expiresAt: 0, mac: "" };
};

describe("a stream token", () => {
  it("names the environment, the key and its end, and is signed with the hash of the key", async () => {
    const { mac, ...token } = await tokenOf(now);
    expect(token).toEqual({ environment: "production", keyId: "key_01ABC", expiresAt: now / 1000 + 600 });
    expect(mac).toBe(
      createHmac("sha256", key.hash).update(`stream production key_01ABC ${token.expiresAt}`).digest("hex"),
    );
  });

  it("goes with the version that the client has", async () => {
    expect(await streamPath(key, "production", 7, now)).toMatch(/^\/v1\/stream\?token=[\w.-]+&since=7$/);
  });

  it("stays the same for five minutes, and opens streams for five to ten", async () => {
    const token = await tokenOf(now);
    expect(await tokenOf(now + 5 * MINUTE - 1)).toEqual(token);
    expect(await tokenOf(now + 5 * MINUTE)).not.toEqual(token);
    expect(await isGenuine(token, key, now + 10 * MINUTE - 1)).toBe(true);
    expect(await isGenuine(token, key, now + 10 * MINUTE)).toBe(false);
  });

  it("opens nothing when a part of it was changed, nor with another key", async () => {
    const token = await tokenOf(now);
    for (const change of [
      { environment: "staging" },
      { expiresAt: token.expiresAt + 1 },
      { mac: token.mac.replace(/^./, (digit) => (digit === "0" ? "1" : "0")) },
    ])
      expect(await isGenuine({ ...token, ...change }, key, now)).toBe(false);
    expect(await isGenuine(token, { ...key, hash: "b".repeat(64) }, now)).toBe(false);
    expect(await isGenuine(token, { ...key, id: "key_02" }, now)).toBe(false);
  });

  it.each(["", "a.b.1", "production.key.9x.00", `Production.key.9.${"0".repeat(64)}`, `a.b.1.${"0".repeat(63)}`])(
    "is not %j",
    (text) => {
      expect(parseStreamToken(text)).toBeUndefined();
    },
  );
});
