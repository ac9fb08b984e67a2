import { describe, expect, it } from "vitest";
import type { Context, Units } from "../../contract/decision.ts";
import { attributeAt } from "../../core/attribute.ts";

const read = (name: string, context: Context, units: Units = {}) => attributeAt(name)({ context, units });

describe("attributeAt", () => {
  it("prefers the key of exactly that name to the path", () => {
    const context: Context = { "edge.country": "AT", edge: { country: "US" } };
    expect(read("edge.country", context)).toBe("AT");
  });

  it("follows a dot path into nested objects", () => {
    expect(read("account.plan.name", { account: { plan: { name: "pro" } } })).toBe("pro");
  });

  it.each(["account.missing", "account.plan.name.length", "account.list.0", "nothing", "nothing.at.all"])(
    "finds nothing at %s",
    (name) => {
      expect(read(name, { account: { plan: { name: "pro" }, list: ["a"] } })).toBeUndefined();
    },
  );

  it.each(["constructor", "__proto__", "toString", "account.constructor", "account.__proto__.polluted"])(
    "finds nothing inherited at %s",
    (name) => {
      expect(read(name, { account: {} }, {})).toBeUndefined();
    },
  );

  it("finds a key called __proto__ that the caller sent", () => {
    const context: Context = JSON.parse('{"__proto__": {"plan": "pro"}}');
    expect(read("__proto__.plan", context)).toBe("pro");
  });

  it("looks for a unit of that type where the context has nothing", () => {
    expect(read("user_id", {}, { user_id: "u1" })).toBe("u1");
    expect(read("user_id", { user_id: "from the context" }, { user_id: "u1" })).toBe("from the context");
  });

  it("takes null for missing, and looks on", () => {
    expect(read("plan", { plan: null })).toBeUndefined();
    expect(read("account.plan", { account: { plan: null } })).toBeUndefined();
    expect(read("account.plan", { "account.plan": null, account: { plan: "pro" } })).toBe("pro");
    expect(read("user_id", { user_id: null }, { user_id: "u1" })).toBe("u1");
  });
});
