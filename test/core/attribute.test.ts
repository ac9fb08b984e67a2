import { describe, expect, it } from "vitest";
import type { Context } from "../../contract/decision.ts";
import { attributeAt } from "../../core/attribute.ts";

describe("attributeAt", () => {
  it("prefers the key of exactly that name to the path", () => {
    const context: Context = { "edge.country": "AT", edge: { country: "US" } };
    expect(attributeAt("edge.country")(context)).toBe("AT");
  });

  it("follows a dot path into nested objects", () => {
    expect(attributeAt("account.plan.name")({ account: { plan: { name: "pro" } } })).toBe("pro");
  });

  it.each(["account.missing", "account.plan.name.length", "account.list.0", "nothing", "nothing.at.all"])(
    "finds nothing at %s",
    (name) => {
      expect(attributeAt(name)({ account: { plan: { name: "pro" }, list: ["a"] } })).toBeUndefined();
    },
  );

  it.each(["constructor", "__proto__", "toString", "account.constructor", "account.__proto__.polluted"])(
    "finds nothing inherited at %s",
    (name) => {
      expect(attributeAt(name)({ account: {} })).toBeUndefined();
    },
  );

  it("finds a key called __proto__ that the caller sent", () => {
    const context: Context = JSON.parse('{"__proto__": {"plan": "pro"}}');
    expect(attributeAt("__proto__.plan")(context)).toBe("pro");
  });
});
