import { execFileSync } from "node:child_process";
import { statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Ledger } from "../../contract/ledger.ts";
import { createAdminClient } from "../../scripts/admin-client.ts";
import type { LocalAccess } from "../../scripts/local-access.ts";
import { eventually } from "../platform.ts";
import { npmStart, type NpmStart, pressCtrlC } from "./npm-start.ts";
import { wholeLife } from "./whole-life.ts";

/** Command lines of processes that name the state folder, which every one of a platform's processes does or descends from. */
const processesOf = (stateDir: string): string[] =>
  execFileSync("ps", ["-eo", "args"], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line.includes(stateDir));

describe("npm start", () => {
  let platform: NpmStart;
  let access: LocalAccess;
  beforeAll(async () => {
    platform = await npmStart();
    access = await platform.ready();
  });
  afterAll(() => platform?.cleanUp());

  it("writes how to reach it for its owner alone", () => {
    expect(access).toEqual({
      url: `http://127.0.0.1:${platform.port}`,
      admin_api_key: expect.stringMatching(/^ew_admin_\w{32}$/),
      sdk_server_key: expect.stringMatching(/^ew_server_production_\w{32}$/),
      sdk_client_key: expect.stringMatching(/^ew_client_production_\w{32}$/),
      email: expect.stringContaining("@"),
      password: expect.any(String),
    });
    expect(statSync(join(platform.stateDir, "local.json")).mode & 0o077).toBe(0);
  });

  it("runs the whole life of the design's example experiment, exactly, over HTTP alone", async () => {
    const { decisions, ledger, results } = await wholeLife(
      { url: access.url, adminKey: access.admin_api_key, serverKey: access.sdk_server_key },
      () => {},
    );
    expect(decisions).toBe(2000);
    expect(ledger.difference).toBe(0);
    expect(results.health.srm.ok).toBe(true);
  });

  it("says so in a sentence when the port is taken, and ends", async () => {
    const second = await npmStart({ port: platform.port });
    expect(await second.ended).toBe(1);
    expect(second.output()).toContain(`Port ${platform.port} is taken.`);
    await second.cleanUp();
  });

  it("says so in a sentence when a platform runs on the state already, and ends", async () => {
    const second = await npmStart({ stateDir: platform.stateDir });
    expect(await second.ended).toBe(1);
    expect(second.output()).toContain(`A platform already runs on ${platform.stateDir}`);
  });

  it("loses nothing that was taken when it is stopped and started again", async () => {
    const ledger = (): Promise<Ledger> =>
      createAdminClient(access.url, { authorization: `Bearer ${access.admin_api_key}` }).get(
        "/ledger?environment=production",
      );
    const { received } = await ledger();
    for (let batch = 0; batch < 20; batch++) {
      const events = Array.from({ length: 10 }, (_, index) => ({
        event_id: `stop-${batch}-${index}`,
        type: "metric",
        timestamp: Date.now(),
        user_id: `stopped-${index}`,
        name: "purchase",
      }));
      const answer = await fetch(`${access.url}/v1/events`, {
        method: "POST",
        headers: { authorization: `Bearer ${access.sdk_server_key}`, "content-type": "application/json" },
        body: JSON.stringify({ batch_id: `stop-${batch}`, events }),
      });
      expect(answer.status).toBe(202);
    }
    pressCtrlC(platform.process);
    await platform.ended;
    platform = await npmStart({ stateDir: platform.stateDir });
    access = await platform.ready();
    await eventually(ledger, ({ difference }) => difference === 0);
    expect((await ledger()).received).toBe(received + 200);
  });

  it("leaves no process behind on Ctrl-C", async () => {
    expect(processesOf(platform.stateDir)).not.toEqual([]);
    pressCtrlC(platform.process);
    await platform.ended;
    await eventually(
      () => Promise.resolve(processesOf(platform.stateDir)),
      (left) => left.length === 0,
      5000,
    );
    await expect(fetch(`${access.url}/api/v1/health`)).rejects.toThrow();
  });
});
