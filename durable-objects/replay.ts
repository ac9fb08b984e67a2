import { DurableObject } from "cloudflare:workers";
import type { Generation, Replay as Report, Tombstone } from "../contract/replay.ts";
import { NotCountable, type PublishedVersion } from "./replay-files.ts";
import { fromOf, hasMoved, isActive, reportOf, type ReplayRun, toOf } from "./replay-run.ts";
import { afterFailure, RETIRE_AFTER_MS, type ReplayWorld, retire, startRun, step } from "./replay-steps.ts";
import type { RulesetBindings } from "./ruleset-source.ts";
import { applyTombstone, putTombstone } from "./tombstones.ts";
import type { UnitShard } from "./unit-shard.ts";

interface Bindings extends RulesetBindings {
  readonly UNIT_SHARD: DurableObjectNamespace<UnitShard>;
  readonly ARCHIVE: R2Bucket;
}

const SCHEMA = "CREATE TABLE IF NOT EXISTS run (number INTEGER PRIMARY KEY, state TEXT NOT NULL)";

/** An alarm works for so long and then sets the next one: whoever asks how far it is waits until it has ended. */
const ALARM_MS = 1_000;
const RETIRE_AGAIN_MS = 3_600_000;
/** What is remembered of replays. */
const MAX_RUNS = 50;
const MAX_VERSIONS = 100_000;

/** The number of the scratch generation of a check: below all others. */
const scratchGeneration = (number: number): number => -number;

export type Started =
  | { readonly kind: "started"; readonly replay: Report }
  /** One is under way, or the environment's newest generation is another one than was said. */
  | { readonly kind: "refused"; readonly reason: string };

/**
 * Rebuilds an environment's counts from the archive, one replay at a time, in small steps by alarms, each of which is on the
 * disk before the next one. There is one of these objects for each environment.
 *
 * **A check** fills a scratch generation, compares it with what counts, and deletes it. Both must have counted the same
 * messages, so what is archived but not counted yet is left out, by asking the shards that count. While events keep coming, what
 * counts is ahead again by the time that it is compared; then another pass reads what is new, until nothing came in between.
 *
 * **A switch** fills the next generation, usually with another number of shards, and hands over to it while events come in.
 * Nothing may be lost and nothing counted twice, so this is why it holds:
 *
 * 1. *Filling.* Passes over the archive fill the new generation beside the old one, each with what was written since the one
 *    before. A message is in the archive before it is counted, and known by its id and intake on every shard, so files may be
 *    read any number of times, in any order, before and after an interruption. What a message becomes in the new generation
 *    (see `relocate.ts`) and under which ids depends on nothing but the message.
 * 2. *Closing.* Every old shard closes its gate, on its disk. Every message of the old generation comes through that gate,
 *    whoever sends it and however old his ruleset is, so from here on the set of messages that the old generation has counted
 *    is fixed, and each of them was archived before. Ingest goes on taking events: messages wait in the queue.
 * 3. *Catching up.* One more pass, over what was written since the last one. Messages that were archived and not counted before
 *    the gate closed are left out, as is always done: they are still on the queue. Now the new generation has counted exactly what
 *    the old one has.
 * 4. *Comparing.* That is checked, cell by cell. If it is not so, or takes longer than messages can wait, the gates open again
 *    and nothing has happened.
 * 5. *Moving.* The old shards are told, for good, where their units are. From the first one on there is no way back, only
 *    forward, however often it is interrupted. The consumer takes a message that an old shard turns away with `moved` to the new
 *    generation, under the ids that a replay would have given it, and acknowledges it when it is counted there. So what was on
 *    the queue, what ingest still sends to the old generation, and what comes back from the dead letters is counted in the new
 *    one, once. A message of a generation before that goes on from there, and is relocated from its own text each time.
 * 6. *Publishing.* The administrators' Worker writes the new generation down and publishes it. Between 5 and 6 results stand
 *    still for some seconds; they never show less than before, because the new generation has everything when they turn to it.
 *
 * Two generations are never counted together: readers read the one that the environment is on. Dead letters are dead letters
 * in the new generation, too, until somebody replays them. What was sent and never came is carried over when the old generation
 * is emptied, so that a loss stays visible.
 *
 * Deletions of units come through here, because they concern the archive and every generation that is being filled. A
 * cluster's size is that of the units that it was seen with; a replay sees all that were deleted as one.
 */
export class Replay extends DurableObject<Bindings> {
  /** Whether this instance has seen to it that there is an alarm. */
  #isAwake = false;
  #versions: { readonly at: number; readonly list: readonly PublishedVersion[] } | undefined;

  constructor(ctx: DurableObjectState, env: Bindings) {
    super(ctx, env);
    ctx.storage.sql.exec(SCHEMA);
  }

  /**
   * Begins a replay of what `from` counts. With `switch` the environment moves to the next generation, of `shards` shards.
   * `experiment_ids` are all that were ever counted.
   */
  async start(order: {
    environment: string;
    from: Generation;
    shards: number;
    switch: boolean;
    force: boolean;
    experiment_ids: string[];
  }): Promise<Started> {
    const runs = this.#runs();
    const active = runs.find(({ run }) => isActive(run));
    if (active) return { kind: "refused", reason: `The replay ${active.run.id} is ${active.run.stage}.` };
    const newest = Math.max(0, ...runs.filter(({ run }) => hasMoved(run)).map(({ run }) => run.to.generation));
    if (order.from.generation < newest)
      return {
        kind: "refused",
        reason: `Generation ${newest} counts, and generation ${order.from.generation} does not.`,
      };

    const number = (runs[0]?.number ?? 0) + 1;
    const to: Generation = {
      generation: order.switch ? order.from.generation + 1 : scratchGeneration(number),
      shards: order.shards,
    };
    const { environment, from, switch: isSwitch, force, experiment_ids } = order;
    const id = `replay_${number}`;
    const run = startRun({ id, environment, switch: isSwitch, force, from, to, experiment_ids }, Date.now());
    this.#keep(number, run);
    this.ctx.storage.sql.exec("DELETE FROM run WHERE number <= ?", number - MAX_RUNS);
    await this.ctx.storage.setAlarm(Date.now());
    return { kind: "started", replay: reportOf(run) };
  }

  /** The replays of the environment, newest first. */
  async list(): Promise<Report[]> {
    await this.#wake();
    return this.#runs().map(({ run }) => reportOf(run));
  }

  /** The switch that waits to be published; null when there is none. */
  async ready(): Promise<Report | null> {
    await this.#wake();
    const ready = this.#runs().find(({ run }) => run.stage === "ready");
    return ready ? reportOf(ready.run) : null;
  }

  /** Takes note that the environment was published on the generation of a switch. */
  async published(generation: number): Promise<void> {
    for (const { number, run } of this.#runs())
      if (run.stage === "ready" && run.to.generation === generation)
        this.#keep(number, { ...run, stage: "done", finished_at: Date.now(), error: null });
    await this.#setAlarm(0);
  }

  /**
   * Deletes a unit wherever it is counted, or is about to be, and for replays to come. `counted` is where readers say that it
   * is. Throws when that is not certain; then it must be asked for again, which changes nothing that was done.
   */
  async deleteUnit(
    environment: string,
    counted: Generation,
    tombstone: Tombstone,
  ): Promise<{ readonly existed: boolean }> {
    // First of all: whoever begins to fill a generation from here on finds it.
    await putTombstone(this.env.ARCHIVE, environment, tombstone);
    const layouts = [{ environment, ...counted }];
    for (const { run } of this.#runs())
      if (isActive(run) || (hasMoved(run) && !run.retired))
        for (const layout of [fromOf(run), toOf(run)])
          if (!layouts.some(({ generation }) => generation === layout.generation)) layouts.push(layout);
    let existed = false;
    for (const layout of layouts) {
      const outcome = await applyTombstone(this.env.UNIT_SHARD, layout, tombstone);
      if (layout.generation > 0) existed ||= outcome.existed;
    }
    return { existed };
  }

  override async alarm(): Promise<void> {
    this.#isAwake = true;
    const until = Date.now() + ALARM_MS;
    let waitMs = 0;
    do {
      const active = this.#runs().find(({ run }) => isActive(run) && run.stage !== "ready");
      if (!active) break;
      const { number, run } = active;
      try {
        const stepped = await step(this.#worldOf(run), run);
        waitMs = stepped.waitMs ?? 0;
        this.#keep(number, {
          ...stepped.run,
          failures: 0,
          error: stepped.run.ending === "failed" ? stepped.run.error : null,
        });
      } catch (error) {
        console.error({ event: "replay_step_failed", replay: run.id, stage: run.stage, error: String(error) });
        const stepped = afterFailure(run, error, isHopeless(error));
        waitMs = stepped.waitMs ?? 0;
        this.#keep(number, stepped.run);
      }
    } while (waitMs === 0 && Date.now() < until);
    await this.#retireOld();
    await this.#setAlarm(waitMs);
  }

  /** Empties generations that were left long ago. */
  async #retireOld(): Promise<void> {
    for (const { number, run } of this.#runs())
      if (retiresAt(run) <= Date.now())
        try {
          this.#keep(number, await retire(this.#worldOf(run), run));
        } catch (error) {
          console.error({ event: "generation_not_retired", replay: run.id, error: String(error) });
        }
  }

  /**
   * Goes on with what was interrupted. The platform tries an alarm again after a while, and only so many times; whoever looks
   * at an object that was thrown out of memory has it go on at once.
   */
  async #wake(): Promise<void> {
    if (this.#isAwake) return;
    this.#isAwake = true;
    await this.#setAlarm(0);
  }

  async #setAlarm(waitMs: number): Promise<void> {
    const runs = this.#runs().map(({ run }) => run);
    const isBusy = runs.some((run) => isActive(run) && run.stage !== "ready");
    const now = Date.now();
    // What is due and could not be done is tried again later.
    const retirements = runs.map(retiresAt).map((at) => (at <= now ? now + RETIRE_AGAIN_MS : at));
    const at = Math.min(isBusy ? now + waitMs : Infinity, ...retirements);
    if (at < Infinity) await this.ctx.storage.setAlarm(at);
  }

  #worldOf({ environment }: ReplayRun): ReplayWorld {
    return {
      bucket: this.env.ARCHIVE,
      shards: this.env.UNIT_SHARD,
      versions: () => this.#versionsOf(environment),
      now: Date.now,
    };
  }

  /** Those of a moment ago: what was published since is the newest of the shards, too. */
  async #versionsOf(environment: string): Promise<readonly PublishedVersion[]> {
    const now = Date.now();
    if (this.#versions && now - this.#versions.at < 1_000) return this.#versions.list;
    const newestFirst = await this.env.PUBLISHER.getByName(environment).versions(MAX_VERSIONS);
    const list = newestFirst.map(({ version, hash, published_at }) => ({ version, hash, published_at })).toReversed();
    this.#versions = { at: now, list };
    return list;
  }

  /** Newest first. */
  #runs(): { readonly number: number; readonly run: ReplayRun }[] {
    return this.ctx.storage.sql
      .exec<{ number: number; state: string }>("SELECT number, state FROM run ORDER BY number DESC")
      .toArray()
      .map(({ number, state }) => ({ number, run: JSON.parse(state) as ReplayRun }));
  }

  #keep(number: number, run: ReplayRun): void {
    this.ctx.storage.sql.exec(
      "INSERT INTO run (number, state) VALUES (?, ?) ON CONFLICT DO UPDATE SET state = excluded.state",
      number,
      JSON.stringify(run),
    );
  }
}

const isHopeless = (error: unknown): boolean => error instanceof NotCountable;

/** When the old generation of a switch may be emptied, ms since 1970; never for anything else. */
const retiresAt = ({ switch: isSwitch, stage, retired, finished_at }: ReplayRun): number =>
  isSwitch && stage === "done" && !retired && finished_at !== null ? finished_at + RETIRE_AFTER_MS : Infinity;
