import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AcceptedEvent, EventMessage } from "../../contract/event-message.ts";
import type { LedgerCounts } from "../../contract/ledger.ts";
import { shardOf } from "../../core/bucket.ts";
import { aMessage, anExposure, aPurchase, DAY, HOUR, T0 } from "../counting/fixtures.ts";
import { aBatch, applying, noting, startShards } from "./measured-shards.ts";
import type { Step } from "./shard-steps.ts";

const { follow, followAll } = startShards();

const SHARDS = 2;
const unitOn = (shard: number, unitType: string): [string, string] => {
  const names = ["u1", "u2", "u3", "u4", "u5", "u6"];
  return [unitType, names.find((name) => shardOf(unitType, name, SHARDS) === shard) ?? ""];
};

type Kind = "note" | "apply" | "deadLetter";

/** A batch that was taken once or twice: what became of each time. */
interface Sent {
  /** How many events the shard accounts for, and how many were refused besides. */
  readonly here: number;
  readonly refused: number;
  readonly takings: readonly { readonly message: EventMessage; readonly steps: readonly Kind[] }[];
}

/** A message of shard 0 with events of its own, of the other shard's account, late ones, copies and refused ones. */
const aSent = (index: number): fc.Arbitrary<Sent> =>
  fc
    .record({
      here: fc.nat(3),
      elsewhere: fc.nat(2),
      refused: fc.nat(2),
      late: fc.boolean(),
      takings: fc.array(
        fc.array(fc.constantFrom<Kind>("note", "note", "apply", "apply", "deadLetter"), { maxLength: 5 }),
        { minLength: 1, maxLength: 2 },
      ),
    })
    .map(({ here, elsewhere, refused, late, takings }) => {
      const event = (units: AcceptedEvent["units"], id: number) =>
        // Ids repeat from message to message, so that there are duplicates among them.
        (id % 2 === 0 ? anExposure : aPurchase)({
          event_id: `e${(index + id) % 4}`,
          at: late ? T0 - 8 * DAY : T0,
          units,
        });
      return {
        here,
        refused,
        takings: takings.map((steps, intake) => ({
          steps,
          message: aMessage({
            message_id: `m${index}`,
            intake: `0${intake}`,
            shards: SHARDS,
            received_at: T0 + (index + 2 * intake) * DAY,
            accounted: here + refused,
            events: [
              ...Array.from({ length: here }, (_, i) => event([unitOn(0, "user_id")], i)),
              ...Array.from({ length: elsewhere }, (_, i) =>
                event([unitOn(1, "device_id"), unitOn(0, "user_id")], 10 + i),
              ),
            ],
            rejected: Array.from({ length: refused }, () => ({ code: "invalid_event" as const, event: "{}" })),
          }),
        })),
      };
    });

/** Four batches, and what happens to them in some order, neighbours of one kind in one call. */
const aHistory = fc.tuple(...[0, 1, 2, 3].map(aSent)).chain((sent) => {
  const all = sent.flatMap(({ takings }) =>
    takings.flatMap(({ message, steps }) => steps.map((kind) => ({ kind, message }))),
  );
  return fc.record({
    sent: fc.constant(sent),
    calls: fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }).map((steps) => {
      const calls: { kind: Kind; messages: EventMessage[] }[] = [];
      for (const { kind, message } of steps) {
        const last = calls.at(-1);
        if (last?.kind === kind) last.messages.push(message);
        else calls.push({ kind, messages: [message] });
      }
      return calls;
    }),
  });
});

const fatesOf = ({ applied, duplicate, late, bot, dead_lettered, rejected }: LedgerCounts): number =>
  applied + duplicate + late + bot + dead_lettered + Object.values(rejected).reduce((sum, count) => sum + count, 0);

describe("a unit shard's ledger", () => {
  it("misses exactly the events that were said to be sent and neither came, in whatever copy, nor were given up", async () => {
    let run = 0;
    let losses = 0;
    let repeats = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(aHistory, { minLength: 25, maxLength: 25 }), async (histories) => {
        const measured = await followAll(Object.fromEntries(histories.map(({ calls }) => [`history-${run++}`, calls])));
        for (const [index, { ledger, missed, drifted }] of measured.entries()) {
          const takings = (histories[index]?.sent ?? []).flatMap(({ here, refused, takings: times }) =>
            times.map(({ message, steps }) => ({ id: message.message_id, here, refused, all: here + refused, steps })),
          );
          const sum = (of: readonly (typeof takings)[number][], name: "here" | "refused" | "all") =>
            of.reduce((total, taking) => total + taking[name], 0);
          const applied = takings.filter(({ steps }) => steps.includes("apply"));
          const isCounted = (id: string) => applied.some((other) => other.id === id);
          const isNoted = (steps: readonly Kind[]) => steps.every((kind) => kind === "note");
          // A copy that never came of a message that did is not heard of: nothing is lost with it.
          const heardOf = takings.filter(({ id, steps }) => steps.length > 0 && !(isNoted(steps) && isCounted(id)));
          const lost = heardOf.filter(({ steps }) => isNoted(steps));
          const first = applied.filter(({ id }, place) => applied.findIndex((other) => other.id === id) === place);
          const dead = heardOf.filter(({ steps }) => steps.includes("deadLetter") && !steps.includes("apply"));

          expect(drifted).toEqual([]);
          expect(ledger.received).toBe(sum(heardOf, "all"));
          expect(ledger.archived).toBe(sum(applied, "all") + sum(dead, "all"));
          expect(ledger.rejected.invalid_event ?? 0).toBe(sum(first, "refused") + sum(dead, "refused"));
          expect(ledger.dead_lettered).toBe(sum(dead, "here"));
          expect(ledger.duplicate).toBeGreaterThanOrEqual(sum(applied, "all") - sum(first, "all"));
          expect(ledger.received - fatesOf(ledger)).toBe(sum(lost, "all"));
          expect(missed).toBe(lost.length);
          losses += lost.length;
          repeats += applied.length - first.length;
        }
      }),
      { numRuns: 8, seed: 20_261_121 },
    );
    expect(losses).toBeGreaterThan(50);
    expect(repeats).toBeGreaterThan(50);
  });

  it("has a batch that was sent again as duplicates, refused events too, and one delivered again not at all", async () => {
    const message = aMessage({
      message_id: "m",
      events: [anExposure({ event_id: "x" }), aPurchase({ event_id: "p" })],
      rejected: [{ code: "invalid_event", event: "{}" }],
    });
    const { ledger } = await follow("again", [
      applying(message, message),
      applying(message),
      applying({ ...message, intake: "01", received_at: message.received_at + DAY }),
      applying({ ...message, intake: "01", received_at: message.received_at + DAY }),
    ]);
    expect(ledger).toMatchObject({
      received: 6,
      archived: 6,
      applied: 2,
      duplicate: 3,
      rejected: { invalid_event: 1 },
      dead_lettered: 0,
    });
  });

  it("counts a message that was given up when it is tried again after all", async () => {
    const message = aBatch("m", "u");
    const dead: Step = { kind: "deadLetter", messages: [message] };
    const givenUp = await follow("dead", [noting(message), dead, dead]);
    expect(givenUp.ledger).toMatchObject({ received: 20, archived: 20, applied: 0, dead_lettered: 20 });
    expect(givenUp.missed).toBe(0);
    const tried = await follow("dead", [applying(message), applying(message), dead]);
    expect(tried.ledger).toMatchObject({ received: 20, archived: 20, applied: 20, dead_lettered: 0 });
  });
});

it("accounts for a message that makes no sense by what its head says", async () => {
  const misrouted = aMessage({
    message_id: "m",
    shards: SHARDS,
    events: [anExposure({ event_id: "x", units: [unitOn(1, "user_id")] })],
    rejected: [{ code: "event_too_large", event: "{}" }],
  });
  const { ledger } = await follow("misrouted", [noting(misrouted), { kind: "deadLetter", messages: [misrouted] }]);
  expect(ledger).toMatchObject({ received: 2, dead_lettered: 1, rejected: { event_too_large: 1 } });
});

/** An exposure of an account and a user; one of them is called u. */
const both = (id: string, account: string): EventMessage =>
  aMessage({
    message_id: id,
    events: [
      anExposure({
        event_id: id,
        units: [
          ["account_id", account],
          ["user_id", account === "u" ? "someone" : "u"],
        ],
      }),
    ],
  });

describe("a deleted unit", () => {
  const units: [string, string][] = [["user_id", "u"]];
  const visit = (id: string, at: number) =>
    aMessage({
      message_id: id,
      received_at: at,
      events: [
        anExposure({ event_id: `${id}x`, at: at - HOUR, units }),
        aPurchase({ event_id: `${id}p`, at, units, value: 5 }),
      ],
    });
  const other = aMessage({
    message_id: "other",
    events: [anExposure({ event_id: "o", units: [["user_id", "other"]] })],
  });
  const deletion: Step = { kind: "deleteUnit", unit_type: "user_id", unit: "u", deleted_at: T0 + 2 * HOUR };

  it("leaves the sums as if it had never been, and the ledger as it was", async () => {
    const without = await follow("never-been", [applying(other)]);
    const {
      cells,
      units: count,
      ledger,
    } = await follow("deleted", [applying(visit("a", T0)), applying(other), deletion]);
    expect(cells).toEqual(without.cells);
    expect(count).toBe(1);
    expect(ledger).toMatchObject({ received: 3, applied: 3 });
  });

  it("is not counted by what comes later from before, and is by what it does from then on", async () => {
    const { ledger, cells } = await follow("refused", [
      applying(visit("a", T0)),
      deletion,
      { kind: "restart" },
      applying(visit("b", T0 + HOUR), visit("c", T0 + 4 * HOUR)),
      // Asked for again, it is about nothing that is left.
      deletion,
      applying(visit("d", T0 + 2 * HOUR)),
    ]);
    expect(ledger).toMatchObject({ received: 8, applied: 4, rejected: { unit_deleted: 4 } });
    expect(cells).toEqual((await follow("anew", [applying(visit("c", T0 + 4 * HOUR))])).cells);
    expect(cells).not.toEqual([]);
  });

  it("does not keep an event's other units from counting it", async () => {
    const accounts: Step = { kind: "deleteUnit", unit_type: "account_id", unit: "u", deleted_at: T0 + 2 * HOUR };
    const { ledger, cells } = await follow("both", [accounts, deletion, applying(both("a", "u"), both("b", "v"))]);
    // The first event's account is gone, which accounts for it; the second one's user.
    expect(ledger).toMatchObject({ received: 2, applied: 1, rejected: { unit_deleted: 1 } });
    expect(cells).toMatchObject([{ metric_id: "", n: 1 }]);
  });
});
