import type { Generation, ReplayStage } from "../contract/replay.ts";
import { countFiles, hourAt, nextFiles } from "./archive-walk.ts";
import { compareGenerations } from "./compare-generations.ts";
import { askAll, shardAt } from "./generation-shards.ts";
import { type PublishedVersion, replayFiles } from "./replay-files.ts";
import { fromOf, type ReplayRun, toOf } from "./replay-run.ts";
import { applyTombstone, readTombstones } from "./tombstones.ts";
import type { UnitShard } from "./unit-shard.ts";

/** What a replay works with. */
export interface ReplayWorld {
  readonly bucket: R2Bucket;
  readonly shards: DurableObjectNamespace<UnitShard>;
  /** Every ruleset that the environment was on, in order. */
  readonly versions: () => Promise<readonly PublishedVersion[]>;
  /** ms since 1970. */
  readonly now: () => number;
}

/** What is next: the replay after a step, and how long to wait until the next one. */
export interface Stepped {
  readonly run: ReplayRun;
  readonly waitMs?: number;
}

/**
 * A pass reads what was written since the one before began, and this much more: the archive's clock is another one, and a
 * message that was on its way then was archived up to 15 minutes, the longest that a consumer may take, before it was counted.
 */
const OVERLAP_MS = 20 * 60_000;

/** No message is under way for longer: two queues keep it for 4 days each. Files are in the hour of their oldest message. */
const UNDER_WAY_MS = 10 * 86_400_000;

/** A pass that was as quick leaves so little to the last one that counting can wait for it. */
const QUICK_PASS_MS = 20_000;
const MAX_PASSES = 10;

/** Messages come again 30 times before they are given up, each time after a longer wait: this costs six of them. */
const MAX_CLOSED_MS = 120_000;

/** While events keep coming, a check that differs may only be behind. */
const MAX_ROUNDS = 30;
const ROUND_WAIT_MS = 1_000;

/** So many failures in a row, with waits that grow to a minute, end what can be ended. */
const MAX_FAILURES = 20;

/** How long an old generation is kept: messages may come to it late, and somebody may want to look. */
export const RETIRE_AFTER_MS = 14 * 86_400_000;

const readLedgers = async ({ shards }: ReplayWorld, run: ReplayRun): Promise<string> =>
  JSON.stringify(await askAll(shards, fromOf(run), async (stub) => stub.ledger()));

const begin = async (world: ReplayWorld, run: ReplayRun, change: Partial<ReplayRun>): Promise<ReplayRun> => ({
  ...run,
  ...change,
  pass: {
    number: run.pass.number + 1,
    began_at: world.now(),
    since: run.pass.number === 0 ? 0 : run.pass.began_at - OVERLAP_MS,
    // Only a dead letter that was sent again meanwhile is before that; the comparison would show it.
    after: run.switch && run.pass.number > 0 ? hourAt(run.environment, world.now() - UNDER_WAY_MS) : null,
    ledgers: await readLedgers(world, run),
  },
  progress: { ...run.progress, under_way: 0 },
});

const clearTarget = async ({ shards }: ReplayWorld, run: ReplayRun): Promise<void> => {
  await askAll(shards, toOf(run), async (stub) => stub.clear());
};

const bury = async ({ bucket, shards }: ReplayWorld, run: ReplayRun, since: number): Promise<void> => {
  for (const tombstone of await readTombstones(bucket, run.environment, since))
    await applyTombstone(shards, toOf(run), tombstone);
};

/** Gives up: opens what was closed, throws away what was filled, and ends with the reason. */
export const giveUp = (run: ReplayRun, error: string): ReplayRun => ({
  ...run,
  stage: "cleaning",
  ending: "failed",
  error,
  failures: 0,
});

const clear = async (world: ReplayWorld, run: ReplayRun): Promise<Stepped> => {
  await clearTarget(world, run);
  await bury(world, run, 0);
  const files = await countFiles(world.bucket, run.environment);
  return { run: await begin(world, { ...run, progress: { ...run.progress, files } }, { stage: "replaying" }) };
};

const readOn = async (world: ReplayWorld, run: ReplayRun): Promise<{ run: ReplayRun; isOver: boolean }> => {
  const { bucket, shards, now } = world;
  const { keys, next } = await nextFiles(bucket, run.environment, run.pass.after, run.pass.since);
  const { progress } = run;
  if (keys.length === 0) return { run: { ...run, pass: { ...run.pass, after: next } }, isOver: next === null };
  const read = await replayFiles({
    bucket,
    shards,
    keys,
    from: fromOf(run),
    to: toOf(run),
    versions: await world.versions(),
    now: now(),
  });
  return {
    run: {
      ...run,
      pass: { ...run.pass, after: next },
      progress: {
        files: progress.files,
        files_read: progress.files_read + keys.length,
        messages: progress.messages + read.messages,
        events: progress.events + read.events,
        under_way: progress.under_way + read.under_way,
        dead_lettered: Math.max(progress.dead_lettered, read.dead_lettered),
      },
    },
    isOver: next === null,
  };
};

const replay = async (world: ReplayWorld, before: ReplayRun): Promise<Stepped> => {
  const { run, isOver } = await readOn(world, before);
  if (!isOver) return { run };
  if (!run.switch) return { run: { ...run, stage: "comparing" } };
  const isQuick = world.now() - run.pass.began_at <= QUICK_PASS_MS;
  if ((isQuick && run.pass.number > 1) || run.pass.number >= MAX_PASSES) {
    return { run: { ...run, stage: "closing", closed_at: world.now() } };
  }
  return { run: await begin(world, run, {}) };
};

const close = async (world: ReplayWorld, run: ReplayRun): Promise<Stepped> => {
  await askAll(world.shards, fromOf(run), async (stub) => stub.setGate({ kind: "closed" }));
  return { run: await begin(world, run, { stage: "catching_up" }) };
};

const catchUp = async (world: ReplayWorld, before: ReplayRun): Promise<Stepped> => {
  const { run, isOver } = await readOn(world, before);
  if (!isOver) return { run };
  await bury(world, run, run.started_at - OVERLAP_MS);
  return { run: { ...run, stage: "comparing" } };
};

const compare = async (world: ReplayWorld, before: ReplayRun): Promise<Stepped> => {
  const { experiment_ids } = before;
  const got = await compareGenerations(world.shards, fromOf(before), toOf(before), experiment_ids, before.comparing);
  // The wait ends the go, and with it the count of its calls.
  if (got.experiments < experiment_ids.length) return { run: { ...before, comparing: got }, waitMs: 1 };
  const comparison = got.found;
  const run: ReplayRun = { ...before, comparing: null, comparison };
  if (!run.switch) {
    const isMoving = run.progress.under_way > 0 || run.pass.ledgers !== (await readLedgers(world, run));
    if (comparison.difference === 0 || !isMoving || run.pass.number >= MAX_ROUNDS)
      return { run: { ...run, stage: "cleaning", ending: "done" } };
    return { run: await begin(world, run, { stage: "replaying" }), waitMs: ROUND_WAIT_MS };
  }
  if (comparison.difference === 0 || run.force) return { run: { ...run, stage: "moving" } };
  return {
    run: giveUp(run, `The archive does not give what is counted: the difference is ${comparison.difference}.`),
  };
};

const move = async (world: ReplayWorld, run: ReplayRun): Promise<Stepped> => {
  await askAll(world.shards, fromOf(run), async (stub) => stub.setGate({ kind: "moved", ...run.to }));
  return { run: { ...run, stage: "ready" } };
};

const clean = async (world: ReplayWorld, run: ReplayRun): Promise<Stepped> => {
  if (run.closed_at !== null) await askAll(world.shards, fromOf(run), async (stub) => stub.setGate({ kind: "open" }));
  await clearTarget(world, run);
  return { run: { ...run, stage: run.ending, closed_at: null, finished_at: world.now() } };
};

/** Received events that nothing became of. */
const missing = (ledger: Awaited<ReturnType<UnitShard["ledger"]>>): number => {
  const { received, archived: _, rejected, ...fates } = ledger;
  return (
    received - [...Object.values(fates), ...Object.values(rejected)].reduce((sum: number, count) => sum + count, 0)
  );
};

/**
 * Empties a generation that was left. What was sent to it and never came is lost, and must be seen: the new generation's
 * ledger takes it over, as a message that it waits for.
 */
export const retire = async ({ shards, now }: ReplayWorld, run: ReplayRun): Promise<ReplayRun> => {
  const [from, to] = [fromOf(run), toOf(run)];
  await askAll(shards, from, async (stub, shard) => {
    const accounted = missing(await stub.ledger());
    const message_id = `lost-${from.generation}-${shard}`;
    if (accounted > 0)
      await shardAt(shards, to, shard % to.shards).noteSent([
        { message_id, intake: "00", received_at: now(), accounted },
      ]);
    await stub.clear();
  });
  return { ...run, retired: true };
};

const takesTooLong = ({ closed_at, stage }: ReplayRun, now: number): boolean =>
  closed_at !== null &&
  (stage === "closing" || stage === "catching_up" || stage === "comparing") &&
  now - closed_at > MAX_CLOSED_MS;

/** Takes the next step; each can be taken again after it was interrupted. */
export const step = (world: ReplayWorld, run: ReplayRun): Promise<Stepped> => {
  if (takesTooLong(run, world.now()))
    return Promise.resolve({ run: giveUp(run, "Counting had to go on before the last files were replayed.") });
  const take = TAKERS[run.stage];
  return take ? take(world, run) : Promise.resolve({ run });
};

/** By stage; one that is not here waits for somebody else, or is the end. */
const TAKERS: Partial<Record<ReplayStage, (world: ReplayWorld, run: ReplayRun) => Promise<Stepped>>> = {
  clearing: clear,
  replaying: replay,
  closing: close,
  catching_up: catchUp,
  comparing: compare,
  moving: move,
  cleaning: clean,
};

/** The replay after a step that failed. What has moved cannot be given up, and cleaning up must not be. */
export const afterFailure = (run: ReplayRun, error: unknown, isHopeless: boolean): Stepped => {
  const failures = run.failures + 1;
  const canEnd = run.stage !== "moving" && run.stage !== "cleaning";
  if (canEnd && (isHopeless || failures >= MAX_FAILURES)) return { run: giveUp(run, String(error)) };
  return {
    run: { ...run, failures, error: String(error) },
    waitMs: Math.min(run.closed_at === null ? 60_000 : 2_000, 500 * 2 ** Math.min(failures, 10)),
  };
};

export const startRun = (
  start: Pick<ReplayRun, "id" | "environment" | "switch" | "force" | "experiment_ids"> & {
    readonly from: Generation;
    readonly to: Generation;
  },
  now: number,
): ReplayRun => ({
  ...start,
  stage: "clearing",
  started_at: now,
  finished_at: null,
  pass: { number: 0, began_at: now, since: 0, after: null, ledgers: "" },
  closed_at: null,
  progress: { files: 0, files_read: 0, messages: 0, events: 0, under_way: 0, dead_lettered: 0 },
  comparison: null,
  error: null,
  failures: 0,
  ending: "done",
  retired: false,
});
