import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CreatedApiKey } from "../../contract/api-key.ts";
import { shardName } from "../../durable-objects/shard-name.ts";
import { inRoot } from "../../scripts/root.ts";
import type { Target } from "../load/run-load.ts";
import { type Platform, startPlatform } from "../platform.ts";
import type { Faults, Strikes } from "./faults.ts";

/** The whole product, with an ingest Worker that breaks on demand. */
export interface FaultyPlatform extends Platform {
  /** Breaks what is named and mends the rest; gives how often each fault has struck so far. */
  breakDown(faults: Faults): Promise<Strikes>;
  /** A new environment of so many shards, to be loaded. */
  target(environment: string, shards: number): Promise<Target>;
  /** The names of the objects that count an environment's events. */
  shardNames(environment: string, shards: number): string[];
}

/** `maxRetries` is how often a message comes again before it is given up. */
export const startFaultyPlatform = async ({ maxRetries = 30 } = {}): Promise<FaultyPlatform> => {
  const folder = await mkdtemp(join(tmpdir(), "edgeworth-faults-"));
  const config = join(folder, "wrangler.toml");
  const real = await readFile(inRoot("workers", "ingest", "wrangler.toml"), "utf8");
  await writeFile(
    config,
    real
      .replace('main = "index.ts"', `main = ${JSON.stringify(inRoot("test", "workerd", "faulty-ingest.ts"))}`)
      .replace(
        /(queue = "edgeworth-events"\nmax_batch_size = 100\n[^[]*)max_retries = 30\nretry_delay = 5/,
        `$1max_retries = ${maxRetries}\nretry_delay = 1`,
      ),
  );
  const platform = await startPlatform({ "edgeworth-ingest": config });
  const ingest = platform.harness.getWorker("edgeworth-ingest");
  return {
    ...platform,
    async breakDown(faults) {
      const answer = await ingest.fetch("http://ingest/faults", { method: "POST", body: JSON.stringify(faults) });
      if (!answer.ok) throw new Error(`The faults were not taken: ${await answer.text()}`);
      return (await answer.json()) as Strikes;
    },
    async target(environment, shards) {
      const { admin, url } = platform;
      await admin.post("/environments", { key: environment, shards });
      const { key } = await admin.post<CreatedApiKey>("/api-keys", { name: environment, type: "server", environment });
      return { url, admin, key, environment };
    },
    shardNames: (environment, shards) => Array.from({ length: shards }, (_, shard) => shardName(environment, 1, shard)),
    async close() {
      await platform.close();
      await rm(folder, { recursive: true });
    },
  };
};
