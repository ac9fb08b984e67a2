import { describe, expect, it } from "vitest";
import type { LedgerCounts } from "../../../contract/ledger.ts";
import { emptyLedger } from "../../../counting/ledger-counts.ts";
import type { SentNote } from "../../../durable-objects/apply-messages.ts";
import { isActive, type ReplayRun } from "../../../durable-objects/replay-run.ts";
import { afterFailure, type ReplayWorld, retire, startRun, step } from "../../../durable-objects/replay-steps.ts";
import type { Gate } from "../../../durable-objects/shard-gate.ts";

/** What was asked of shards, by the name of the object, and what they answer to questions about their ledger. */
const aWorld = (now: number, ledgers: Readonly<Record<string, Partial<LedgerCounts>>> = {}) => {
  const gates = new Map<string, Gate["kind"]>();
  const notes = new Map<string, SentNote[]>();
  const cleared: string[] = [];
  const shards = {
    getByName: (name: string) => ({
      ledger: () => Promise.resolve({ ...emptyLedger(), ...ledgers[name] }),
      noteSent: (sent: SentNote[]) => Promise.resolve(notes.set(name, sent)),
      setGate: ({ kind }: Gate) => Promise.resolve(gates.set(name, kind)),
      clear: () => Promise.resolve(cleared.push(name)),
    }),
  };
  const world = {
    shards,
    versions: () => Promise.resolve([]),
    now: () => now,
  } as unknown as ReplayWorld;
  return { world, gates, notes, cleared };
};

const aSwitch = (change: Partial<ReplayRun> = {}): ReplayRun => ({
  ...startRun(
    {
      id: "replay_1",
      environment: "shop",
      switch: true,
      force: false,
      experiment_ids: [],
      from: { generation: 1, shards: 2 },
      to: { generation: 2, shards: 3 },
    },
    1_000,
  ),
  ...change,
});

const untilOver = async (world: ReplayWorld, run: ReplayRun): Promise<ReplayRun> => {
  let present = run;
  while (isActive(present)) present = (await step(world, present)).run;
  return present;
};

describe("a switch", () => {
  it.each(["closing", "catching_up", "comparing"] as const)(
    "that cannot end its %s in time opens the shards again and throws away what it filled",
    async (stage) => {
      const { world, gates, cleared } = aWorld(200_000);
      const run = await untilOver(world, aSwitch({ stage, closed_at: 10_000 }));
      expect(run).toMatchObject({ stage: "failed", closed_at: null, error: expect.stringContaining("had to go on") });
      expect([...gates]).toEqual([
        ["shop:1:0", "open"],
        ["shop:1:1", "open"],
      ]);
      expect(cleared).toEqual(["shop:2:0", "shop:2:1", "shop:2:2"]);
    },
  );

  it("that has begun to move is never given up, however often it fails", () => {
    let run = aSwitch({ stage: "moving", closed_at: 10_000 });
    for (let failures = 1; failures < 100; failures++) ({ run } = afterFailure(run, new Error("overloaded"), false));
    expect(run).toMatchObject({ stage: "moving", failures: 99, error: "Error: overloaded" });
  });

  it("that keeps failing before is, and at once when trying again is of no use", () => {
    let run = aSwitch({ stage: "replaying" });
    for (let failures = 1; failures < 20; failures++) ({ run } = afterFailure(run, new Error("overloaded"), false));
    expect(run.stage).toBe("replaying");
    expect(afterFailure(run, new Error("overloaded"), false).run).toMatchObject({
      stage: "cleaning",
      ending: "failed",
    });
    expect(afterFailure(aSwitch({ stage: "replaying" }), new Error("poison"), true).run.stage).toBe("cleaning");
  });

  it("waits longer after each failure, but not while counting waits for it", () => {
    const waits = [1, 3, 19].map(
      (failures) => afterFailure(aSwitch({ stage: "replaying", failures }), "", false).waitMs,
    );
    expect(waits).toEqual([2_000, 8_000, undefined]);
    expect(afterFailure(aSwitch({ stage: "catching_up", failures: 9, closed_at: 1 }), "", false).waitMs).toBe(2_000);
  });
});

describe("a generation that was left", () => {
  it("is emptied, and what never came to it stays missed in the new one", async () => {
    const { world, notes, cleared } = aWorld(99_000, {
      "shop:1:0": { received: 10, archived: 7, applied: 5, duplicate: 1, rejected: { invalid_event: 1 } },
      "shop:1:1": { received: 4, archived: 4, applied: 4 },
    });
    const run = await retire(world, aSwitch({ stage: "done" }));
    expect(run.retired).toBe(true);
    expect([...notes]).toEqual([
      ["shop:2:0", [{ message_id: "lost-1-0", intake: "00", received_at: 99_000, accounted: 3 }]],
    ]);
    expect(cleared.toSorted()).toEqual(["shop:1:0", "shop:1:1"]);
  });
});
