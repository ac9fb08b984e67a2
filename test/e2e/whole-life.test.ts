import { afterAll, beforeAll, expect, it } from "vitest";
import { type Platform, startPlatform } from "../platform.ts";
import { wholeLife } from "./whole-life.ts";

let platform: Platform;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform?.close());

it("lets the design's example experiment live its whole life, exactly, over HTTP alone", async () => {
  const { decisions, ledger, results } = await wholeLife(platform, () => {});
  expect(decisions).toBe(2000);
  expect(ledger.difference).toBe(0);
  expect(results.health.srm.ok).toBe(true);
});
