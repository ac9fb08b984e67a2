import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DEFAULT_ANALYSIS } from "../../contract/analysis-settings.ts";
import { NewExperiment } from "../../contract/experiment.ts";
import { keyOf } from "../../contract/key.ts";
import { analysisBody, defaultAnalysisDraft } from "../../ui/experiments/analysis-draft.ts";
import {
  allMistakes,
  aVariantDraft,
  bodyOf,
  draftLabels,
  emptyDraft,
  evenWeights,
  draftMistakes,
  weightSum,
  withoutMistakes,
} from "../../ui/experiments/draft.ts";
import { suggestKey } from "../../ui/format/key.ts";
import { fieldOfPath, mistakesByField } from "../../ui/parts/field-errors.ts";

describe("evenWeights", () => {
  it("sums to exactly 100 for every number of variants", () => {
    for (let count = 2; count <= 20; count += 1)
      expect(weightSum(evenWeights(count).map((weight) => ({ weight })))).toEqual({ sum: 100, ok: true });
  });
});

describe("weightSum", () => {
  it("counts what is no number as nothing, and reads a decimal comma", () => {
    expect(weightSum([{ weight: "33,5" }, { weight: "66.5" }])).toEqual({ sum: 100, ok: true });
    expect(weightSum([{ weight: "50" }, { weight: "abc" }])).toEqual({ sum: 50, ok: false });
  });
});

describe("a draft", () => {
  const named = { ...emptyDraft(), name: "Checkout button", key: "checkout_button" };

  it("is a valid request once it has a name", () => {
    expect(NewExperiment.safeParse(bodyOf(named)).success).toBe(true);
    expect(draftMistakes(named)).toEqual([]);
  });

  it("leaves out what was left empty", () => {
    expect(Object.keys(bodyOf(named)).sort()).toEqual([
      "environments",
      "estimated_duration_days",
      "key",
      "name",
      "traffic",
      "type",
      "unit_type",
      "variants",
    ]);
  });

  it("counts visitors unless something else is chosen, and leaves the choice to a layer or a redirect", () => {
    expect(bodyOf(named).unit_type).toBe("device_id");
    expect(bodyOf({ ...named, unit: "user_id" }).unit_type).toBe("user_id");
    expect(bodyOf({ ...named, unit: "other", other_unit: " company_id " }).unit_type).toBe("company_id");
    expect(bodyOf({ ...named, layer: "checkout" })).not.toHaveProperty("unit_type");
    expect(bodyOf({ ...named, type: "split_url", unit: "user_id" })).not.toHaveProperty("unit_type");
    expect(draftMistakes({ ...named, unit: "other" }).map(({ path }) => path)).toEqual(["unit_type"]);
  });

  it.each([
    [{ traffic: "0" }, "traffic"],
    [{ traffic: "101" }, "traffic"],
    [{ min_detectable_effect: "-2" }, "min_detectable_effect"],
    [{ estimated_duration_days: "1.5" }, "estimated_duration_days"],
    [{ estimated_duration_days: "400" }, "estimated_duration_days"],
    [{ estimated_duration_days: "" }, "estimated_duration_days"],
  ])("with %j is wrong at %s, in the unit that was typed", (change, path) => {
    expect(draftMistakes({ ...named, ...change }).map((mistake) => mistake.path)).toEqual([path]);
  });

  it("shows the server's mistakes beside its own, and its own words where both speak of one field", () => {
    const fields = Object.keys(draftLabels(named));
    const local = [{ path: "traffic", message: "Use a percentage." }];
    const server = [
      { path: "traffic", message: "Use at most 1." },
      { path: "key", message: "Taken." },
      { path: "", message: "Something else." },
    ];
    expect(allMistakes(local, server, fields).map(({ message }) => message)).toEqual([
      "Use a percentage.",
      "Taken.",
      "Something else.",
    ]);
  });

  it("lets the server look past what the form has found already", () => {
    const [control, treatment] = [aVariantDraft("Control", "50"), { ...aVariantDraft("Treatment", "50"), name: " " }];
    const wrong = {
      ...emptyDraft(),
      traffic: "150",
      min_detectable_effect: "x",
      estimated_duration_days: "",
      countries: "Canada",
      environments: [],
      unit: "other" as const,
      variants: [control, treatment],
    };
    expect(draftMistakes(wrong)).toHaveLength(8);
    expect(draftMistakes(withoutMistakes(wrong, draftMistakes(wrong)))).toEqual([]);
    expect(withoutMistakes(named, [])).toEqual(named);
  });

  it("is read by the contract's defaults unless something else is chosen", () => {
    expect(analysisBody(defaultAnalysisDraft())).toEqual(DEFAULT_ANALYSIS);
    expect(bodyOf(named)).not.toHaveProperty("analysis");
  });

  it("sends how it is read with all its settings once one of them is chosen", () => {
    const analysis = {
      ...defaultAnalysisDraft(),
      method: "group_sequential",
      looks: "3",
      spending: "power",
      spending_parameter: "2,5",
    } as const;
    const body = bodyOf({ ...named, analysis });
    expect(body.analysis).toEqual({
      ...DEFAULT_ANALYSIS,
      method: "group_sequential",
      looks: 3,
      spending: "power",
      spending_parameter: 2.5,
    });
    expect(NewExperiment.safeParse(body).success).toBe(true);
  });

  it("sends shares of a Bayesian plan without the dust of their division, and an empty prior as a flat one", () => {
    const analysis = { ...defaultAnalysisDraft(), method: "bayesian", prior_sd: " ", loss_threshold: "0.07" } as const;
    expect(bodyOf({ ...named, analysis }).analysis).toMatchObject({ prior_sd: null, loss_threshold: 0.0007 });
  });

  it.each([
    [{ method: "anytime", tuning_units: "99" }, ["analysis.tuning_units"]],
    [{ method: "group_sequential", looks: "31" }, ["analysis.looks"]],
    [{ method: "group_sequential", spending: "power", spending_parameter: "11" }, ["analysis.spending_parameter"]],
    [
      { method: "group_sequential", spending: "hwang_shih_decani", spending_parameter: "0" },
      ["analysis.spending_parameter"],
    ],
    [{ method: "bayesian", prior_sd: "0", loss_threshold: "x" }, ["analysis.prior_sd", "analysis.loss_threshold"]],
    [{ min_days: "1.5" }, ["analysis.min_days"]],
    [{ method: "fixed_horizon", looks: "x", prior_sd: "x", tuning_units: "" }, []],
  ] as const)("is told of a mistake in %j only where the field is there to mend it", (change, paths) => {
    const draft = { ...named, analysis: { ...defaultAnalysisDraft(), ...change } };
    expect(draftMistakes(draft).map(({ path }) => path)).toEqual(paths);
    expect(Object.keys(draftLabels(draft))).toEqual(expect.arrayContaining([...paths]));
    expect(NewExperiment.safeParse(bodyOf(draft)).success).toBe(true);
  });

  it("sends a limit for those guardrails that are chosen and have one", () => {
    const limits = {
      guardrail_metrics: ["refunds", "load"],
      guardrail_limits: { refunds: "10", load: " ", gone: "x" },
    };
    const body = bodyOf({ ...named, ...limits });
    expect(body.guardrail_limits).toEqual({ refunds: 0.1 });
    expect(NewExperiment.safeParse(body).success).toBe(true);
    const wrong = { ...named, ...limits, guardrail_limits: { load: "0" } };
    expect(draftMistakes(wrong).map(({ path }) => path)).toEqual(["guardrail_limits.load"]);
    expect(bodyOf(withoutMistakes(wrong, draftMistakes(wrong)))).not.toHaveProperty("guardrail_limits");
  });

  it("is split by attributes whose names may have spaces", () => {
    expect(bodyOf({ ...named, dimensions: "country, edge.device,, plan tier " }).dimensions).toEqual([
      "country",
      "edge.device",
      "plan tier",
    ]);
  });

  it("turns per cent into shares and lists into arrays", () => {
    const body = bodyOf({ ...named, traffic: "25", min_detectable_effect: "2", countries: "us, ca", platforms: "web" });
    expect(body.traffic).toBe(0.25);
    expect(body.min_detectable_effect).toBeCloseTo(0.02, 12);
    expect(body.targeting).toEqual({ countries: ["us", "ca"], platforms: ["web"] });
    expect(NewExperiment.parse(body).targeting?.countries).toEqual(["US", "CA"]);
  });

  it("sends a payload as JSON, and says where one is not", () => {
    const [control, treatment] = [aVariantDraft("Control", "50"), aVariantDraft("Treatment", "50")];
    const good = bodyOf({ ...named, variants: [control, { ...treatment, config: '{"label":"Pay"}' }] });
    expect(good.variants?.map(({ config }) => config)).toEqual([undefined, { label: "Pay" }]);
    const bad = draftMistakes({ ...named, variants: [control, { ...treatment, config: "{label}", weight: "half" }] });
    expect(bad.map(({ path }) => path)).toEqual(["variants.1.weight", "variants.1.config"]);
  });

  it("has plain words for what was left empty or is no country", () => {
    const mistakes = draftMistakes({ ...named, name: " ", environments: [], countries: "US, Canada" });
    expect(mistakes.map(({ path }) => path)).toEqual(["name", "environments", "targeting.countries"]);
    expect(mistakes[2]?.message).toContain("Canada");
  });

  it("sends a split-URL test's targets, and lets a variant stay on the page", () => {
    const body = bodyOf({
      ...named,
      type: "split_url",
      url: "/landing",
      variants: [aVariantDraft("Control", "50"), { ...aVariantDraft("B", "50"), url: "/landing-b" }],
    });
    expect(body.variants?.map(({ config }) => config)).toEqual([undefined, { url: "/landing-b" }]);
    expect(NewExperiment.safeParse(body).success).toBe(true);
  });
});

describe("the suggested key", () => {
  it("is the key that the server would give", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 150 }), (name) => {
        expect(suggestKey(name)).toBe(keyOf(name));
      }),
      { seed: 3 },
    );
  });
});

describe("a mistake's field", () => {
  const fields = Object.keys(draftLabels(emptyDraft()));

  it.each([
    ["name", "name"],
    ["variants.1.weight", "variants.1.weight"],
    ["variants.1.config.url", "variants.1.config"],
    ["variants.7.weight", "variants"],
    ["targeting.countries.0", "targeting.countries"],
    ["secondary_metrics.2", "secondary_metrics"],
    ["analysis.min_days", "analysis.min_days"],
    ["dimensions.1", "dimensions"],
    ["slots", undefined],
    ["", undefined],
  ])("at %s is %s", (path, field) => {
    expect(fieldOfPath(path, fields)).toBe(field);
  });

  it("keeps what belongs to no field under the empty one", () => {
    const mistakes = mistakesByField(
      [
        { path: "name", message: "Too long." },
        { path: "name", message: "Taken." },
        { path: "slots.0", message: "Full." },
      ],
      fields,
    );
    expect(mistakes.get("name")).toEqual(["Too long.", "Taken."]);
    expect(mistakes.get("")).toEqual(["Full."]);
  });
});
