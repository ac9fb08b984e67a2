import { describe, expect, it } from "vitest";
import type { Environment } from "../../../contract/environment.ts";
import type { SumsCell } from "../../../contract/sums.ts";
import { readSums } from "../../../workers/admin/unit-shards.ts";

const environment: Environment = {
  id: "env_1",
  key: "production",
  name: "Production",
  enabled: true,
  generation: 1,
  shards: 2,
  hash_unit_ids: false,
  created_at: "2026-11-01T00:00:00.000Z",
};

const cellOf = (experiment_id: string, shard: string): SumsCell => ({
  experiment_id,
  phase: 1,
  variant_id: "v",
  metric_id: "",
  kind: "day",
  name: shard,
  slice: "1",
  n: 1,
  sums: {},
});

describe("readSums", () => {
  it("asks every shard for every experiment once, and for few enough at a time that the answer fits", async () => {
    const asked: number[] = [];
    const stubOf = (shard: string) => ({
      sums: ({ experiment_ids }: { experiment_ids: string[] }): SumsCell[] => {
        asked.push(experiment_ids.length);
        return experiment_ids.map((id) => cellOf(id, shard));
      },
    });
    const env = { UNIT_SHARD: { getByName: stubOf } } as never;
    const experiment_ids = Array.from({ length: 23 }, (_, index) => `exp_${index}`);
    const cells = await readSums(env, environment, { experiment_ids, kinds: ["day"] });
    expect(Math.max(...asked)).toBe(10);
    expect(cells.map(({ experiment_id, name }) => `${experiment_id} ${name}`).toSorted()).toEqual(
      experiment_ids.flatMap((id) => [`${id} production:1:0`, `${id} production:1:1`]).toSorted(),
    );
  });
});
