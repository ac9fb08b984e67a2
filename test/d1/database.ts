import { createTestHarness } from "wrangler";
import type { findMetric } from "../../d1/metrics.ts";

/** D1 as the queries take it; Workers' types are not for Node. */
export type Database = Parameters<typeof findMetric>[0];

/** An empty workspace in a real D1, with every migration applied. */
export const startDatabase = async (): Promise<{ d1: Database; close: () => Promise<void> }> => {
  const harness = createTestHarness({
    root: process.cwd(),
    workers: ["admin", "decide", "ingest"].map((name) => ({ configPath: `workers/${name}/wrangler.toml` })),
  });
  await harness.listen();
  const worker = harness.getWorker("edgeworth-admin");
  await worker.applyD1Migrations("DB");
  const { DB } = (await worker.getEnv()) as unknown as { DB: Database };
  return { d1: DB, close: () => harness.close() };
};
