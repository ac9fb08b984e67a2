import { createTestHarness } from "wrangler";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeRuleset } from "../../../core/encode-ruleset.ts";
import { aRuleset } from "../../core/a-ruleset.ts";
import { here, key, sha256 } from "../../observed-decide.ts";
import { listen } from "./listener.ts";

interface PublisherEnv {
  readonly PUBLISHER: {
    getByName(environment: string): {
      publish(input: { environment: string; text: string; source_revision: number }): Promise<unknown>;
    };
  };
}

const harness = createTestHarness({
  root: new URL("../../..", import.meta.url).pathname,
  workers: [
    {
      config: {
        name: "edgeworth",
        main: "workers/front/index.ts",
        compatibility_date: "2026-11-01",
        services: [{ binding: "DECIDE", service: "edgeworth-decide" }],
      },
    },
    { configPath: "workers/decide/wrangler.toml" },
  ],
});

let revision = 0;
const publish = async (shards: number): Promise<void> => {
  const { PUBLISHER } = await harness.getWorker<PublisherEnv>("edgeworth-decide").getEnv();
  const keys = [{ id: "client", type: "client" as const, hash: sha256(key("fronted")) }];
  const text = JSON.stringify(encodeRuleset(aRuleset({ environment: "fronted", keys, shards })));
  await PUBLISHER.getByName("fronted").publish({ environment: "fronted", text, source_revision: ++revision });
};

beforeAll(async () => {
  const { url } = await harness.listen();
  [here.origin, here.environment] = [url.origin, "fronted"];
  await publish(1);
});
afterAll(() => harness.close());

describe("the front Worker lets through", () => {
  it("the ruleset", async () => {
    const response = await fetch(`${here.origin}/v1/ruleset`, { headers: { "x-api-key": key("fronted") } });
    expect([response.status, await response.json()]).toMatchObject([200, { version: 1, format: 2 }]);
  });

  it("a WebSocket, both ways", async () => {
    const { socket, told, heard } = await listen();
    await heard(1);
    socket.send("ping");
    await heard(2);
    expect(told).toMatchObject([{ type: "ruleset", version: 1 }, "pong"]);
    socket.close();
  });

  it("server-sent events as they come", async () => {
    const response = await fetch(`${here.origin}/v1/stream?key=${key("fronted")}`);
    const reader = (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader.read()).value).toBe("retry: 3000\nid: 1\n\n");
    await publish(2);
    expect((await reader.read()).value).toContain("\nid: 2\n");
    await reader.cancel();
  });
});
