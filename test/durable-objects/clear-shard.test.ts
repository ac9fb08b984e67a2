import { describe, expect, it } from "vitest";
import { aBatch, applying, startShards } from "./measured-shards.ts";
import type { Step } from "./shard-steps.ts";

const { follow } = startShards();

const moved = { kind: "moved", generation: 2, shards: 4 } as const;
const batches = Array.from({ length: 300 }, (_, i) => applying(aBatch(`m${i}`, `u${i}`)));
const move: Step = { kind: "setGate", gate: moved };

describe("clearing a shard", () => {
  it("leaves nothing but where it has moved to", async () => {
    const before = await follow("moved", [...batches, move]);
    const { units, ledger, cells, gates, bytes } = await follow("moved", [{ kind: "clear" }]);
    expect({ units, cells, gates }).toEqual({ units: 0, cells: [], gates: [moved] });
    expect(ledger.received).toBe(0);
    expect(bytes).toBeLessThan(before.bytes / 4);
  });

  it("opens a shard that has not moved", async () => {
    const close: Step = { kind: "setGate", gate: { kind: "closed" } };
    const { units, gates } = await follow("closed", [applying(aBatch("m", "u")), close, { kind: "clear" }]);
    expect(units).toBe(0);
    expect(gates.at(-1)).toEqual({ kind: "open" });
  });

  it("is done or not done, and never opens the gate of one that has moved, wherever it is interrupted", async () => {
    let failures = 0;
    for (let failAt = 0; failAt < 9; failAt++) {
      const steps = [...batches.slice(0, 3), move, { kind: "clear", failAt } as const];
      const { units, gates, failed } = await follow(`broken-${failAt}`, steps);
      expect(gates.at(-1)).toEqual(moved);
      expect(units).toBe(failed === 1 ? 3 : 0);
      failures += failed;
      expect((await follow(`broken-${failAt}`, [{ kind: "clear" }])).units).toBe(0);
    }
    expect(failures).toBeGreaterThan(4);
  });
});
