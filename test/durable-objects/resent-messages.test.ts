import { expect, it } from "vitest";
import { aMessage, anExposure } from "../counting/fixtures.ts";
import { applying, noting, startShards } from "./measured-shards.ts";

const { follow } = startShards();

const CALLS = 7;
const MESSAGES = 20_000;

const sent = (index: number) =>
  aMessage({
    message_id: "0a",
    intake: index.toString(16).padStart(16, "0"),
    events: [anExposure({ event_id: "x" })],
  });

it("takes a batch however often it was sent before", async () => {
  for (let call = 0; call < CALLS; call++)
    await follow("resent", [applying(...Array.from({ length: MESSAGES }, (_, i) => sent(call * MESSAGES + i)))]);

  const last = sent(CALLS * MESSAGES);
  const { ledger, missed, rows_written } = await follow("resent", [noting(last), applying(last), applying(last)]);
  expect(ledger).toMatchObject({ received: CALLS * MESSAGES + 1, applied: 1, duplicate: CALLS * MESSAGES });
  expect(missed).toBe(0);
  expect(rows_written).toEqual([0, 2, 0]);
}, 60_000);
