import { describe, expect, it } from "vitest";
import { createLeases } from "../../../workers/decide/stream-leases.ts";

describe("leases", () => {
  it("are given out up to their number, and again when one ends", () => {
    const leases = createLeases(2, 1_000, () => 0);
    const [first, second] = [leases.take(), leases.take()];
    expect([first, second].includes(undefined)).toBe(false);
    expect(leases.take()).toBeUndefined();
    first?.end();
    expect(leases.take()).toBeDefined();
    expect(leases.take()).toBeUndefined();
  });

  it("run out unless they are renewed", () => {
    let now = 0;
    const leases = createLeases(2, 1_000, () => now);
    leases.take();
    const renewed = leases.take();
    now = 600;
    renewed?.renew();
    now = 1_000;
    expect(leases.take()).toBeDefined();
    expect(leases.take()).toBeUndefined();
  });

  it("cannot be renewed once they have ended", () => {
    const leases = createLeases(1, 1_000, () => 0);
    const ended = leases.take();
    ended?.end();
    ended?.renew();
    expect(leases.take()).toBeDefined();
  });
});
