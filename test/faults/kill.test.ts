import { mkdtemp, rm } from "node:fs/promises";
import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, it } from "vitest";
import { applyMigrations, freePort, type LocalPlatform, startLocalPlatform } from "../../scripts/local-platform.ts";
import { setUp } from "../platform.ts";
import type { Target } from "../load/run-load.ts";
import { expectExact, startLoad } from "./a-load.ts";

let stateDir: string;
let platform: LocalPlatform;
let target: Target;
let start: () => Promise<LocalPlatform>;

beforeAll(async () => {
  stateDir = await mkdtemp(join(tmpdir(), "edgeworth-kill-"));
  const [port, setupToken] = [await freePort(), randomBytes(24).toString("base64url")];
  start = () => startLocalPlatform({ port, stateDir, setupToken });
  await applyMigrations(stateDir);
  platform = await start();
  const { admin, serverKey } = await setUp(platform.url, setupToken);
  target = { url: platform.url, admin, key: serverKey, environment: "production" };
});

afterAll(async () => {
  await platform.stop();
  await rm(stateDir, { recursive: true, force: true });
});

describe("counting stays exact", () => {
  it("when the runtime is killed in the middle of load, twice, and started again on the same state", async () => {
    // The local queue is in memory: what it held is gone, and the clients, who cannot know, send everything again.
    const load = startLoad(target, { eventsPerSecond: 600, resend: true });
    for (const share of [0.3, 0.6]) {
      await load.untilTaken(share);
      await platform.kill();
      platform = await start();
    }
    expectExact(await load.report);
  });
});
