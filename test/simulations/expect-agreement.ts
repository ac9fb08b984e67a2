import { describe, expect, it } from "vitest";
import { agrees, allowedIn, type Row, type Study } from "./study.ts";

const say = (row: Row): string =>
  `${row.name}: ${row.got.rate.toFixed(4)} is not from ${allowedIn(row)
    .map((bound) => bound.toFixed(4))
    .join(" to ")}`;

/** A test for each study, that all of its rates are what they should be. */
export const expectAgreement = (subject: string, studies: readonly Study[]): void => {
  describe(subject, () => {
    it.each(studies)("$name", { timeout: 120_000 }, ({ rows }) => {
      expect(
        rows()
          .filter((row) => !agrees(row))
          .map(say),
      ).toEqual([]);
    });
  });
};
