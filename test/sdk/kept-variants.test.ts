import { describe, expect, it } from "vitest";
import type { Assignment, DecisionReason } from "../../contract/decision.ts";
import { keptVariants } from "../../sdk/kept-variants.ts";
import { aPage } from "./page.ts";

const units = { user_id: "ada", device_id: "d1" };

const anAssignment = (experiment: string, variant: string | null, reason: DecisionReason = "assigned"): Assignment => ({
  experiment_key: experiment,
  experiment_id: `id-${experiment}`,
  variant_key: variant,
  variant_id: null,
  payload: null,
  reason,
});

describe("the variants that a page's units have had", () => {
  it("are there on the next visit", () => {
    const page = aPage();
    keptVariants(page).keep(units, [anAssignment("a", "treatment"), anAssignment("b", "control", "sticky")]);
    expect(keptVariants(page).read(units)).toEqual({ a: "treatment", b: "control" });
  });

  it("stay when a later decision does not speak of them", () => {
    const kept = keptVariants(aPage());
    kept.keep(units, [anAssignment("a", "treatment")]);
    kept.keep(units, [anAssignment("b", "control"), anAssignment("a", null, "targeting")]);
    expect(kept.read(units)).toEqual({ a: "treatment", b: "control" });
  });

  it("are nobody else's", () => {
    const kept = keptVariants(aPage());
    kept.keep(units, [anAssignment("a", "treatment")]);
    expect(kept.read({ ...units, user_id: "bob" })).toBeUndefined();
  });

  it("do not hold what was chosen by hand to be looked at", () => {
    const kept = keptVariants(aPage());
    kept.keep(units, [anAssignment("a", "treatment", "override")]);
    expect(kept.read(units)).toBeUndefined();
  });

  it("are the newest hundred", () => {
    const kept = keptVariants(aPage());
    kept.keep(units, [anAssignment("first", "control"), anAssignment("second", "control")]);
    kept.keep(units, [anAssignment("first", "treatment")]);
    kept.keep(
      units,
      Array.from({ length: 99 }, (_, index) => anAssignment(`e${index}`, "control")),
    );
    const read = kept.read(units) ?? {};
    expect(Object.keys(read)).toHaveLength(100);
    expect(read).toMatchObject({ first: "treatment", e98: "control" });
    expect(read).not.toHaveProperty("second");
  });

  it.each([
    "",
    "null",
    "{}",
    "[]",
    "7",
    "not JSON",
    '["x",{"a":"b"}]',
    `[${JSON.stringify(JSON.stringify(units))},null]`,
  ])("are none where storage holds %s", (text) => {
    const page = aPage();
    page.stored.set("edgeworth-variants", text);
    expect(keptVariants(page).read(units)).toBeUndefined();
  });

  it("are only those that can be sent", () => {
    const page = aPage();
    const variants = { a: "treatment", b: 7, c: null, d: "", e: "x".repeat(101), f: "No such key", "No such key": "f" };
    page.stored.set("edgeworth-variants", JSON.stringify([JSON.stringify(units), variants]));
    expect(keptVariants(page).read(units)).toEqual({ a: "treatment" });
  });

  it("are none on a page that may not use storage", () => {
    const forbidden = {
      ...aPage(),
      storage: () => {
        throw new Error("SecurityError");
      },
    };
    const kept = keptVariants(forbidden);
    kept.keep(units, [anAssignment("a", "treatment")]);
    expect(kept.read(units)).toBeUndefined();
  });
});
