import { describe, expect, it } from "vitest";
import type { Ruleset, RulesetExperiment } from "../../../contract/ruleset.ts";
import { encodeRuleset } from "../../../core/encode-ruleset.ts";
import { unitHash } from "../../../core/unit-hash.ts";
import { handle, type Io } from "../../../workers/split-url/handle.ts";
import { compileSplitTests } from "../../../workers/split-url/split-tests.ts";
import { anExperiment, aRuleset } from "../../core/a-ruleset.ts";

const now = 1_000_000;

/** Sends everyone from `/p` to `/q`. */
const landing = (change: Partial<RulesetExperiment> = {}) =>
  anExperiment({
    key: "landing",
    type: "split_url",
    unit_type: "device_id",
    url: "/p",
    variants: [
      { id: "c", key: "control", weight_bp: 0, is_control: true, config: null },
      { id: "t", key: "treatment", weight_bp: 10_000, is_control: false, config: { url: "/q" } },
    ],
    ...change,
  });

/** Where a visit to `/p` leads, and the variants that were exposed. */
const visit = async (change: Partial<Ruleset>, headers: Record<string, string> = {}) => {
  const exposed: unknown[] = [];
  const io: Io = {
    findTests: () =>
      Promise.resolve({
        compiled: compileSplitTests(encodeRuleset(aRuleset(change))),
        pointer: { version: 3, hash: "", published_at: 0 },
      }),
    origin: () => Promise.resolve(new Response("the page")),
    expose: (exposure) => exposed.push([exposure.variant_key, exposure.units, exposure.config_version]),
    randomId: () => "new-device",
    now: () => now,
  };
  const request = new Request("http://shop.example/p", { headers: { cookie: "ew_device=d-1", ...headers } });
  const { status, headers: answered } = await handle(request, io);
  return { status, location: answered.get("location"), exposed };
};

describe("a visit to a tested page", () => {
  it("is exposed to the variant that it gets", async () => {
    expect(await visit({ experiments: [landing()] })).toEqual({
      status: 302,
      location: "/q",
      exposed: [["treatment", { device_id: "d-1" }, 3]],
    });
  });

  it.each([
    ["control", 200, null],
    ["treatment", 302, "/q"],
  ])("shows the %s that was chosen for it by hand, and exposes nobody", async (variant, status, location) => {
    const unit_hash = unitHash("device_id", "d-1");
    const overrides = [{ experiment: "landing", unit_type: "device_id", unit_hash, variant }];
    expect(await visit({ experiments: [landing()], overrides })).toEqual({ status, location, exposed: [] });
  });

  it.each([
    ["has not begun", { experiments: [landing({ starts_at: now + 1 })] }],
    ["is over", { experiments: [landing({ ends_at: now })] }],
    ["is in an environment that is off", { experiments: [landing()], enabled: false }],
  ])("is left alone, prefetch or not, where the test %s", async (_, change) => {
    const untouched = { status: 200, location: null, exposed: [] };
    expect(await visit(change)).toEqual(untouched);
    expect(await visit(change, { "sec-purpose": "prefetch" })).toEqual(untouched);
  });
});
