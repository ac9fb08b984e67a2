import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DecideRequest } from "../../../contract/decision.ts";
import { parseDecideRequest } from "../../../workers/decide/decide-request.ts";
import { Problem } from "../../../workers/http/problem.ts";

/** The paths of the mistakes that our parser finds; none when it takes the value. */
const ourPaths = (value: unknown): string[] => {
  try {
    parseDecideRequest(value);
    return [];
  } catch (error) {
    if (error instanceof Problem) return error.errors.map(({ path }) => path);
    throw error;
  }
};

/** The same by the contract, where an unknown field's path is the field. */
const contractPaths = (value: unknown): string[] =>
  DecideRequest.safeParse(value).error?.issues.flatMap((issue) =>
    issue.code === "unrecognized_keys" ? issue.keys : [issue.path.map(String).join(".")],
  ) ?? [];

/** Texts of which few are too short or too long for what they stand for. */
const text = fc.oneof(
  { arbitrary: fc.string({ minLength: 1 }), weight: 80 },
  fc.constantFrom("", "__proto__", "constructor"),
  fc.constantFrom(60, 61, 140, 141, 256, 257).map((length) => "x".repeat(length)),
);
const anything = fc.jsonValue();
const mostly = <T>(value: fc.Arbitrary<T>) => fc.oneof({ arbitrary: value, weight: 80 }, anything);
const names = mostly(
  fc.oneof(
    fc.array(mostly(text), { maxLength: 5 }),
    fc.constantFrom(1_000, 1_001).map((length) => Array.from({ length }, (_, index) => `e${index}`)),
  ),
);

/** Requests that are nearly right: each field is now and then something else. */
const request = fc
  .record(
    {
      user_key: mostly(text),
      units: mostly(fc.dictionary(text, mostly(text))),
      context: mostly(fc.dictionary(text, anything)),
      experiments: names,
      flags: names,
      sticky: mostly(fc.dictionary(text, mostly(text))),
      rankings: mostly(fc.dictionary(text, mostly(fc.dictionary(text, names)))),
    },
    { requiredKeys: [] },
  )
  .chain((value) => mostly(fc.constant(value)).map((other) => (other === value ? value : { ...value, other })))
  .map((value): unknown => JSON.parse(JSON.stringify(value)));

describe("parseDecideRequest", () => {
  it("takes and refuses what the contract takes and refuses, for mistakes in the same places", () => {
    let taken = 0;
    fc.assert(
      fc.property(fc.oneof({ arbitrary: request, weight: 9 }, anything), (value) => {
        const ours = new Set(ourPaths(value));
        expect(ours).toEqual(new Set(contractPaths(value)));
        if (ours.size === 0) taken++;
      }),
      { seed: 11, numRuns: 3_000 },
    );
    expect(taken).toBeGreaterThan(300);
  });

  it("leaves what it takes as it is", () => {
    const value = {
      user_key: "u1",
      units: { device_id: "d1" },
      context: { a: { b: [1] } },
      experiments: ["e"],
      flags: [],
      sticky: { e: "control" },
      rankings: { e: { control: ["i1"], treatment: [] } },
    };
    expect(parseDecideRequest(value)).toEqual(DecideRequest.parse(value));
  });
});
