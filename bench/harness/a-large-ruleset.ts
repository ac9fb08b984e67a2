import type { Ruleset, RulesetExperiment, RulesetVariant } from "../../contract/ruleset.ts";
import type { Rule } from "../../contract/targeting.ts";
import { seededRandom } from "../../test/random.ts";

type Random = () => number;

const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const FIRST_DAY = Date.UTC(2024, 10, 1);
const DAY_MS = 86_400_000;
const TWO_YEARS_MS = 730 * DAY_MS;

/** After every start, so that all that is running can be decided. */
export const NOW = FIRST_DAY + TWO_YEARS_MS + 30 * DAY_MS;

const words = (text: string): readonly string[] => text.split(" ");

const AREAS = words(
  "checkout search home product cart pricing signup login onboarding profile inbox feed map menu banner footer header category wishlist review returns delivery payment coupon newsletter dashboard report editor upload gallery player chat help settings billing invite trial plan team export",
);
const ELEMENTS = words(
  "button title image form layout price badge filter ranking suggestion carousel tooltip modal drawer tab link card list table grid step field label icon video copy order default limit reminder timer discount upsell bundle rating answer photo address summary progress",
);
const CHANGES = words(
  "colour size position wording redesign sticky hidden shorter longer lazy animated personalised sorted grouped simplified two_steps one_page large compact bold round dark free_shipping social_proof urgency autofill inline preview expanded v2",
);
const SETTINGS = words("colour size layout order copy limit style position theme speed");
const CHOICES = words("green blue large small list grid first last short long fast slow dark light plain");

const COUNTRIES = words("US GB DE FR CA AU NL SE ES IT BR IN JP MX PL BE CH AT NO DK FI IE PT NZ SG KR ZA AR CL CZ");
/** Most conditions name some of the first countries, and most users are in one of them. */
const NAMED_BY_CONDITIONS = COUNTRIES.map((_, index) => 1 / (index + 1.5));
const HOME_OF_USERS = COUNTRIES.map((_, index) => 1 / (index + 1) ** 1.35);
const PLANS = words("pro pro pro pro pro free");

const drawn = <T>(items: readonly T[], random: Random): T => items[Math.floor(random() * items.length)] as T;

const drawnCountry = (weights: readonly number[], random: Random): string => {
  let left = random() * weights.reduce((sum, weight) => sum + weight, 0);
  const index = weights.findIndex((weight) => (left -= weight) < 0);
  return COUNTRIES[index] ?? "US";
};

/** `country in [5 of 30] and plan eq`, which holds for about a third of {@link users}. */
const aPredicate = (random: Random): Rule => {
  const countries = new Set<string>();
  while (countries.size < 5) countries.add(drawnCountry(NAMED_BY_CONDITIONS, random));
  return {
    conditions: [
      { attribute: "country", operator: "in", value: [...countries].toSorted() },
      { attribute: "plan", operator: "eq", value: drawn(PLANS, random) },
    ],
  };
};

/** Predicates of which no two are the same. */
const distinctPredicates = (count: number, random: Random): Rule[] => {
  const byText = new Map<string, Rule>();
  while (byText.size < count) {
    const rule = aPredicate(random);
    byText.set(JSON.stringify(rule), rule);
  }
  return [...byText.values()];
};

/** For a country that none of {@link users} is in. No two are the same. */
const predicatesOfNobody = (count: number): Rule[] => {
  const elsewhere = Array.from(
    { length: 676 },
    (_, index) => String.fromCharCode(65 + Math.floor(index / 26)) + String.fromCharCode(65 + (index % 26)),
  ).filter((code) => !COUNTRIES.includes(code));
  return Array.from({ length: count }, (_, index) => ({
    conditions: [
      {
        attribute: "country",
        operator: "in" as const,
        value: [0, 1, 2, 3, 4].map(
          (place) => elsewhere[(index * (place + 1) + Math.floor(index / 646) * place) % 646] ?? "",
        ),
      },
      { attribute: "plan", operator: "eq" as const, value: PLANS[index % PLANS.length] ?? "pro" },
    ],
  }));
};

export interface User {
  readonly id: string;
  readonly country: string;
  readonly plan: string;
}

/** Different users, as the predicates expect them. */
export const users = (count: number, seed = 2): readonly User[] => {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => ({
    id: `user-${String(Math.floor(random() * 1e8)).padStart(8, "0")}`,
    country: drawnCountry(HOME_OF_USERS, random),
    plan: drawn(PLANS, random),
  }));
};

/** The part of an id after its prefix, as `d1/id.ts` makes it. */
const anIdBody = (time: number, random: Random): string => {
  let body = "";
  for (let left = time, place = 0; place < 10; place++) {
    body = CROCKFORD.charAt(left % 32) + body;
    left = Math.floor(left / 32);
  }
  for (let place = 0; place < 8; place++) body += CROCKFORD.charAt(Math.floor(random() * 32));
  return body;
};

interface Named {
  readonly key: string;
  readonly element: string;
}

/** Keys are unique; the later ones of the same words carry a number, as people's do. */
const keyMaker = (random: Random): (() => Named) => {
  const taken = new Map<string, number>();
  return () => {
    const element = drawn(ELEMENTS, random);
    const key = `${drawn(AREAS, random)}_${element}_${drawn(CHANGES, random)}`;
    const times = (taken.get(key) ?? 0) + 1;
    taken.set(key, times);
    return { key: times === 1 ? key : `${key}_${times}`, element };
  };
};

/** Both payloads say the same thing of the same element: `{"button_colour":"green"}`. */
const variantsOf = (body: string, element: string, random: Random): RulesetVariant[] => {
  const setting = `${element}_${drawn(SETTINGS, random)}`;
  return [
    {
      id: `var_${body}_1`,
      key: "control",
      weight_bp: 5_000,
      is_control: true,
      config: { [setting]: drawn(CHOICES, random) },
    },
    {
      id: `var_${body}_2`,
      key: "treatment",
      weight_bp: 5_000,
      is_control: false,
      config: { [setting]: drawn(CHOICES, random) },
    },
  ];
};

export interface LargeRulesetOptions {
  readonly experiments: number;
  /** How many different predicates the experiments share; each has its own with `distinct`. */
  readonly predicates: number | "distinct";
  /** A divisor of `experiments`: that many can match the users, evenly spread; the others are for countries that nobody is in. */
  readonly canMatch?: number;
  /** So many layers that the experiments share in equal slots; each has its own layer without it. */
  readonly layers?: number;
  readonly seed?: number;
}

/**
 * A ruleset as one looks after two years: ids and start times of those years, salts derived from ids, keys of words, payloads
 * of some 25 bytes, two variants, a primary metric and one of a few sets of guardrails. Everyone is in every experiment whose
 * predicate holds, unless the experiments share layers. The same options always give the same ruleset.
 */
export const aLargeRuleset = (options: LargeRulesetOptions): Ruleset => {
  const { experiments: count, layers, canMatch = count, seed = 1 } = options;
  const random = seededRandom(seed);
  const predicates = distinctPredicates(options.predicates === "distinct" ? canMatch : options.predicates, random);
  const hopeless = predicatesOfNobody(options.predicates === "distinct" ? count : options.predicates);
  const nextName = keyMaker(random);
  const metrics = Array.from({ length: 40 }, (_, index) => `met_${anIdBody(FIRST_DAY + index, random)}`);
  const guardrails = [[], metrics.slice(0, 1), metrics.slice(0, 2), metrics.slice(2, 4), metrics.slice(4, 7)];
  const created = Array.from({ length: count }, () => FIRST_DAY + Math.floor(random() * TWO_YEARS_MS)).toSorted(
    (a, b) => a - b,
  );
  const inLayer = layers === undefined ? 1 : Math.ceil(count / layers);
  const step = Math.floor(count / canMatch);

  const anExperiment = (createdAt: number, index: number): RulesetExperiment => {
    const body = anIdBody(createdAt, random);
    const { key, element } = nextName();
    const salt = body.slice(-8).toLowerCase();
    const place = Math.floor(index / (layers ?? count));
    const isHopeful = index % step === 0;
    const pool = isHopeful ? predicates : hopeless;
    const nth = isHopeful ? index / step : index;
    const rule = options.predicates === "distinct" ? pool[nth % pool.length] : drawn(pool, random);
    return {
      id: `exp_${body}`,
      key,
      type: "ab",
      status: "running",
      salt,
      unit_type: "user_id",
      layer_salt: layers === undefined ? `${salt}/traffic` : `layer${index % layers}`,
      slots: [
        {
          range_start: layers === undefined ? 0 : Math.floor((place * 10_000) / inLayer),
          range_end: layers === undefined ? 9_999 : Math.floor(((place + 1) * 10_000) / inLayer) - 1,
        },
      ],
      url: null,
      variants: variantsOf(body, element, random),
      rules: rule ? [rule] : [],
      phases: [{ number: 1, started_at: createdAt + Math.floor(random() * 7 * DAY_MS) }],
      metrics: [
        { id: drawn(metrics, random), role: "primary" },
        ...drawn(guardrails, random).map((id) => ({ id, role: "guardrail" as const })),
      ],
    };
  };

  const ruleset: Ruleset = {
    environment: "production",
    enabled: true,
    generation: 1,
    shards: 8,
    keys: [],
    audiences: [],
    holdouts: [],
    flags: [],
    overrides: [],
    experiments: created.map(anExperiment),
    metrics: metrics.map((id, index) => ({
      id,
      key: `${AREAS[index] ?? "visit"}_done`,
      type: "conversion",
      numerator: { event: `${AREAS[index] ?? "visit"}_done`, value: null, filters: [] },
      denominator: null,
      cap: null,
      cap_percentile: null,
      window_hours: null,
      quantile: null,
      retention_days: null,
    })),
  };
  // Texts that were put together here are kept in pieces by V8, and comparing these costs more than all the rest.
  return JSON.parse(JSON.stringify(ruleset)) as Ruleset;
};
