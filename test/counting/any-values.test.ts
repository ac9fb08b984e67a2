import { describe, expect, it } from "vitest";
import type { AcceptedEvent, EventMessage } from "../../contract/event-message.ts";
import { countingPlan } from "../../counting/counting-plan.ts";
import { seededRandom, shuffled } from "../random.ts";
import { HORIZON } from "./any-history.ts";
import { HOUR, T0 } from "./any-ruleset.ts";
import { AnyShard, cellsOf, differences } from "./any-shard.ts";
import { aMessage, anExperiment, anExposure, aRuleset } from "./fixtures.ts";
import { type Cells, countPlainly } from "./reference.ts";

// More cities at once than a shard keeps apart, so that some are driven out by others that go later.
const UNITS = 900;
const ruleset = aRuleset({ experiments: [anExperiment({ id: "button", dimensions: ["city"] })] });
const plan = countingPlan(ruleset, 1, HORIZON);

const exposureOf = (unit: number, at: number, city: string): AcceptedEvent =>
  anExposure({ event_id: `${unit} ${at}`, at, units: [["user_id", `u${unit}`]], context: { city } });

/** Every unit in a city of its own; a third of them turn out to have been in one of few cities before. */
const events = Array.from({ length: UNITS }, (_, unit) => [
  exposureOf(unit, T0 + HOUR, `city ${unit}`),
  ...(unit % 3 === 0 ? [exposureOf(unit, T0, `early city ${unit % 40}`)] : []),
]).flat();
const messages = events.map((event, index): EventMessage =>
  aMessage({ message_id: `message-${index}`, accounted: 1, events: [event] }),
);

/** The cells of a shard that gets the messages in a random order, and is evicted now and then. */
const cellsAfter = (seed: number): Cells => {
  const shard = new AnyShard(() => true);
  for (const [index, message] of shuffled(messages, seededRandom(seed)).entries()) {
    shard.apply([message], plan);
    if (index % 150 === 149) shard.evict();
  }
  return cellsOf([shard]);
};

const isDimension = (name: string) => name.includes(" dimension city ");
const isRest = (name: string) => name.endsWith(" null");

describe("values of a dimension that come, go and are too many", () => {
  it("are the same in any order, right where they are told apart, and together all units", () => {
    const cells = cellsAfter(1);
    for (const seed of [2, 3, 4]) expect(differences(cellsAfter(seed), cells)).toEqual([]);

    const inCities = [...cells].filter(([name]) => isDimension(name));
    const { cells: expected } = countPlainly(messages, ruleset, HORIZON.lateAfterMs);
    const toldApart = new Map(inCities.filter(([name]) => !isRest(name)));
    expect(toldApart.size).toBe(256);
    expect(differences(toldApart, new Map([...expected].filter(([name]) => toldApart.has(name))))).toEqual([]);
    expect(inCities.reduce((sum, [, { n }]) => sum + n, 0)).toBe(UNITS);
  });
});
