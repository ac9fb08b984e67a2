import { describe, expect, it, vi } from "vitest";
import type { ExposureBatch } from "../../../workers/split-url/env.ts";
import { recordExposure } from "../../../workers/split-url/record-exposure.ts";

const batch: ExposureBatch = {
  environment: "production",
  batch_id: "b-1",
  events: [{ event_id: "e-1" }],
  user_agent: "",
};

/** An intake that fails so many times, and what it was sent. */
const anIntake = (failures: number) => {
  const sent: ExposureBatch[] = [];
  const record = (input: ExposureBatch) => {
    sent.push(input);
    return sent.length > failures
      ? Promise.resolve({ accepted: 1, rejected: [] })
      : Promise.reject(new Error("out of reach"));
  };
  return { sent, record };
};

describe("recordExposure", () => {
  it("tries again with the same ids until it is taken, later each time", async () => {
    const { sent, record } = anIntake(2);
    const slept: number[] = [];
    await recordExposure(record, batch, async (ms) => void slept.push(ms));
    expect(sent).toEqual([batch, batch, batch]);
    expect(slept).toEqual([500, 2000]);
  });

  it("gives up in time and says so, without throwing", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const { sent, record } = anIntake(Infinity);
    let sleptMs = 0;
    await recordExposure(record, batch, async (ms) => void (sleptMs += ms));
    expect(sent).toHaveLength(4);
    expect(sleptMs).toBeLessThan(20_000);
    expect(log).toHaveBeenCalledExactlyOnceWith({
      event: "exposure_lost",
      batch_id: "b-1",
      error: "Error: out of reach",
    });
    log.mockRestore();
  });
});
