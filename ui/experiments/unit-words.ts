import type { Experiment } from "../../contract/experiment.ts";
import type { UnitChoice } from "./draft.ts";

export const UNITS = ["device_id", "user_id", "other"] as const satisfies UnitChoice[];

export const UNIT_WORD: Readonly<Record<UnitChoice, string>> = {
  device_id: "Visitors (device_id)",
  user_id: "Signed-in users (user_id)",
  other: "Other attribute…",
};

/** What choosing a unit asks of the code; where a layer decides, it is named. */
export function unitHint(unit: string, layer?: string): string {
  const whose = layer === undefined ? "" : `The layer ${layer} decides. `;
  if (unit === "device_id") return `${whose}The SDK makes and keeps one for every browser.`;
  if (unit === "user_id") return `${whose}The SDK must be given userId; visitors without one are not counted.`;
  return `${whose}Your code must give it; whoever has none is not counted.`;
}

/** Who is divided, with the window of a switchback test: `city, drawn anew every 60 minutes`. */
export const dividedWords = ({ unit_type, switchback }: Pick<Experiment, "unit_type" | "switchback">): string =>
  switchback === null
    ? unit_type
    : `${unit_type}, drawn anew every ${switchback.window_minutes} minutes${burnInWords(switchback)}`;

const burnInWords = ({ burn_in_minutes: minutes }: NonNullable<Experiment["switchback"]>): string =>
  minutes === undefined ? "" : `; the first ${minutes} of them are not counted`;

/** Why nobody may have been counted yet, as far as the unit explains it. */
export const unitReminder = (unit: string): string =>
  unit === "user_id"
    ? "Counted by user_id: the SDK must be given userId."
    : unit === "device_id"
      ? "Counted by device_id: the SDK makes one for every browser."
      : `Counted by ${unit}: your code must give it.`;
