import type { AdminClient } from "../../../scripts/admin-client.ts";
import type { JsonValue } from "../../../contract/json.ts";
import type { FlagType, NewFlag, NewFlagRule } from "../../../contract/flag.ts";

const template = { showImages: true, title: "Check out these pics!", imagesPerPage: 100 };

/** The values that the OpenFeature specification's test flags name, by the flags' type. */
const variants = {
  boolean: { on: true, off: false },
  string: { greeting: "hi", parting: "bye" },
  integer: { one: 1, ten: 10 },
  float: { tenth: 0.1, half: 0.5 },
  object: { empty: {}, template },
} as const;

const zeroVariants = {
  boolean: { zero: false, "non-zero": true },
  string: { zero: "", "non-zero": "str" },
  integer: { zero: 0, "non-zero": 1 },
  float: { zero: 0, "non-zero": 1 },
  object: { zero: {}, "non-zero": template },
} as const;

const defaults = { boolean: true, string: "hi", integer: 10, float: 0.5, object: template } as const;

const types: readonly FlagType[] = ["boolean", "string", "integer", "float", "object"];

const aFlag = (
  key: string,
  type: FlagType,
  default_value: JsonValue,
  named: Record<string, JsonValue>,
  { rules = [], enabled = true, ...change }: Partial<NewFlag> & { rules?: NewFlagRule[]; enabled?: boolean } = {},
): NewFlag => ({
  key,
  type,
  default_value,
  variants: named,
  environments: { production: { enabled, rules } },
  ...change,
});

const isBallmer = { attribute: "email", operator: "eq", value: "ballmer@macrosoft.com" } as const;

/** The 25 flags of the OpenFeature specification's `test-flags.json`, with its targeting as rules of ours. */
const testFlags: readonly NewFlag[] = [
  ...types.flatMap((type) => [
    aFlag(`${type}-flag`, type, defaults[type], variants[type]),
    aFlag(`${type}-disabled-flag`, type, defaults[type], variants[type], { enabled: false }),
    aFlag(`${type}-zero-flag`, type, zeroVariants[type].zero, zeroVariants[type]),
    aFlag(`${type}-targeted-zero-flag`, type, zeroVariants[type].zero, zeroVariants[type], {
      rules: [{ conditions: [isBallmer], variant: "zero" }],
    }),
  ]),
  aFlag(
    "complex-targeted",
    "string",
    "EXTERNAL",
    { internal: "INTERNAL", external: "EXTERNAL" },
    {
      rules: [
        {
          conditions: [
            { attribute: "customer", operator: "neq", value: true },
            isBallmer,
            { attribute: "age", operator: "gt", value: 10 },
          ],
          variant: "internal",
        },
      ],
    },
  ),
  aFlag("metadata-flag", "boolean", true, variants.boolean, {
    metadata: { string: "1.0.2", integer: 2, boolean: true, float: 0.1 },
  }),
  aFlag("null-default-flag", "boolean", null, variants.boolean),
  aFlag("undefined-default-flag", "integer", null, { small: 10, big: 1000 }),
  aFlag("wrong-flag", "string", "uno", { one: "uno", two: "dos" }),
];

/** Makes them all; they are live a moment later. */
export const createTestFlags = async (admin: AdminClient): Promise<void> => {
  for (const flag of testFlags) await admin.post("/flags", flag);
};
