import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AcceptedEvent, EventMessage } from "../../contract/event-message.ts";
import { countingPlan } from "../../counting/counting-plan.ts";
import { anyEvent } from "./any-event.ts";
import { HORIZON } from "./any-history.ts";
import { anyRuleset, DAY, T0 } from "./any-ruleset.ts";
import { AnyShard, cellsOf, differences } from "./any-shard.ts";
import { aMessage } from "./fixtures.ts";

const SPAN = { ms: 3 * DAY };

const copy = fc.record({ draft: anyEvent, id: fc.nat(5), receivedAfter: fc.nat(2), rank: fc.nat(), size: fc.nat(3) });

describe("counting", () => {
  it("keeps the same copy of an id that was used for different events, whichever comes first", () => {
    let clashes = 0;
    fc.assert(
      fc.property(anyRuleset, fc.array(copy, { minLength: 2, maxLength: 20, size: "max" }), (ruleset, copies) => {
        const plan = countingPlan(ruleset, 1, HORIZON);
        const units = new Map<string, AcceptedEvent["units"]>();
        const messages = copies.map(({ draft, id, receivedAfter }, index): EventMessage => {
          const event = { ...draft(ruleset, SPAN), event_id: `event-${id}` };
          // An id belongs to one client, but its events can be anything.
          units.set(event.event_id, units.get(event.event_id) ?? event.units);
          return aMessage({
            message_id: `message-${index}`,
            received_at: T0 + SPAN.ms + receivedAfter,
            accounted: 1,
            events: [{ ...event, units: units.get(event.event_id) ?? event.units }],
          });
        });
        const shuffled = messages
          .map((message, index) => ({ message, rank: copies[index]?.rank ?? 0 }))
          .toSorted((a, b) => a.rank - b.rank)
          .map(({ message }) => message);

        const one = new AnyShard(() => true);
        for (const message of messages) one.apply([message], plan);
        const other = new AnyShard(() => true);
        for (let index = 0, turn = 0; index < shuffled.length; turn++) {
          const size = 1 + (copies[turn]?.size ?? 0);
          other.apply(shuffled.slice(index, index + size), plan);
          index += size;
        }
        expect(differences(cellsOf([other]), cellsOf([one]))).toEqual([]);
        expect(other.ledger).toEqual(one.ledger);
        if (one.ledger.duplicate > 0 && cellsOf([one]).size > 0) clashes++;
      }),
      { numRuns: 3000, seed: 20_261_122 },
    );
    expect(clashes).toBeGreaterThan(1000);
  }, 300_000);
});
