import { describe, expect, it } from "vitest";
import { askedFor, readInput } from "../../../workers/decide/ofrep-request.ts";

describe("askedFor", () => {
  it.each(["/ofrep/v1/evaluate/flags", "//ofrep/v1/evaluate/flags", "/ofrep/v1/evaluate/flags/"])(
    "takes %s for all flags",
    (path) => {
      expect(askedFor(path)).toEqual({ kind: "bulk" });
    },
  );

  it.each([
    ["/ofrep/v1/evaluate/flags/new-shop", "new-shop"],
    ["//ofrep/v1/evaluate/flags/new-shop", "new-shop"],
    ["/ofrep/v1/evaluate/flags/new-shop/", "new-shop"],
    ["/ofrep/v1/evaluate/flags/a%2Eb~%C3%BC", "a.b~ü"],
    ["/ofrep/v1/evaluate/flags/a/b", "a/b"],
    ["/ofrep/v1/evaluate/flags/a%2Fb", "a/b"],
    ["/ofrep/v1/evaluate/flags/a+b", "a+b"],
  ])("takes %s for the flag %s", (path, key) => {
    expect(askedFor(path)).toEqual({ kind: "single", key });
  });

  it.each([
    "/ofrep/v1/configuration",
    "/ofrep/v1/evaluate",
    "/ofrep/v1/evaluate/flagsoup",
    "/x/ofrep/v1/evaluate/flags",
  ])("knows nothing of %s", (path) => {
    expect(askedFor(path)).toEqual({ kind: "nothing" });
  });

  it("refuses a key that is not percent-encoded UTF-8", () => {
    expect(() => askedFor("/ofrep/v1/evaluate/flags/%E0%A4")).toThrow(
      expect.objectContaining({ status: 400, code: "PARSE_ERROR" }),
    );
  });
});

const post = (body?: BodyInit, headers: Record<string, string> = {}): Request =>
  new Request("https://edgeworth.example/ofrep/v1/evaluate/flags", {
    method: "POST",
    headers,
    ...(body === undefined ? {} : { body }),
  });

describe("readInput", () => {
  it.each([
    ["no body", undefined],
    ["an empty body", ""],
    ["null", "null"],
    ["an empty object", "{}"],
    ["a null context", '{"context":null}'],
    ["an empty context", '{"context":{}}'],
  ])("takes %s for no context", async (_, body) => {
    expect(await readInput(post(body))).toEqual({ units: {}, context: {} });
  });

  it("takes the targeting key for the unit user_id, and leaves it in the context", async () => {
    const context = { targetingKey: "u1", plan: "pro", nested: { a: [1, null] } };
    expect(await readInput(post(JSON.stringify({ context, other: 1 })))).toEqual({ units: { user_id: "u1" }, context });
  });

  it.each(["", null, 7, true, {}])("takes a targeting key of %j for none", async (targetingKey) => {
    expect((await readInput(post(JSON.stringify({ context: { targetingKey } })))).units).toEqual({});
  });

  it("keeps a __proto__ that was sent to itself", async () => {
    const { context, units } = await readInput(post('{"context":{"__proto__":{"targetingKey":"u1","admin":true}}}'));
    expect(units).toEqual({});
    expect(Object.keys(context)).toEqual(["__proto__"]);
    expect(Object.getPrototypeOf(context)).toBe(Object.prototype);
  });

  it.each([
    ["half a JSON", '{"context":', "PARSE_ERROR"],
    ["what is not UTF-8", new Uint8Array([0x22, 0xff, 0x22]), "PARSE_ERROR"],
    ["a list", "[]", "PARSE_ERROR"],
    ["a text", '"u1"', "PARSE_ERROR"],
    ["a context that is a text", '{"context":"u1"}', "INVALID_CONTEXT"],
    ["a context that is a list", '{"context":[]}', "INVALID_CONTEXT"],
    [
      "a targeting key of 257 characters",
      JSON.stringify({ context: { targetingKey: "u".repeat(257) } }),
      "INVALID_CONTEXT",
    ],
  ])("refuses %s", async (_, body, code) => {
    await expect(readInput(post(body))).rejects.toMatchObject({ status: 400, code });
  });

  it("refuses a body past 128 KiB", async () => {
    await expect(readInput(post(JSON.stringify({ context: { a: "a".repeat(131_072) } })))).rejects.toMatchObject({
      code: "body_too_large",
    });
  });
});
