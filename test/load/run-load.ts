import { setTimeout as wait } from "node:timers/promises";
import type { Experiment } from "../../contract/experiment.ts";
import type { Ledger } from "../../contract/ledger.ts";
import type { AdminClient } from "../../scripts/admin-client.ts";
import { type Comparison, compare } from "./compare.ts";
import { exposuresOf, type Freshness, probeFreshness } from "./freshness.ts";
import { type PreparedLoad, prepareLoad } from "./prepared-load.ts";
import { type Sent, send } from "./send.ts";
import { readLedger, settle } from "./settle.ts";
import { prefixOf, type Workload } from "./workload.ts";
import { createMetrics, startExperiments, startProbe } from "./workspace.ts";

/** The platform that is loaded. */
export interface Target {
  readonly url: string;
  readonly admin: AdminClient;
  /** A server key of the environment. */
  readonly key: string;
  readonly environment: string;
  /** Sent along with every batch. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface LoadOptions {
  readonly workload: Workload;
  readonly connections: number;
  readonly eventsPerSecond?: number;
  /** How many probes are under way at a time; 0 measures no freshness. */
  readonly probes: number;
  /** Told of each stage as it begins, with what there is of it to do; gives whom to tell how much was done. */
  /** Whether everything is sent once more in the end, as clients do that cannot know what has become of it. */
  readonly resend?: boolean;
  /** How long to wait, in ms, when nothing moves any more. */
  readonly patienceMs?: number;
  readonly onStage: (title: string, total: number) => (by: number) => void;
}

export interface LoadReport {
  readonly experiments: readonly Experiment[];
  readonly load: PreparedLoad;
  readonly sent: Sent;
  /** From the first batch sent until the last event was in the sums. */
  readonly seconds: number;
  readonly freshness: Freshness | undefined;
  /** What the load added to it. */
  readonly ledger: Ledger;
  readonly comparison: Comparison;
}

/** Started experiments reach all Workers within seconds; an exposure to one that is not known yet would be refused. */
const untilKnown = async ({ url, key }: Target, experimentKey: string): Promise<void> => {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const answer = await fetch(`${url}/v1/decide?user_key=probe&experiments=${experimentKey}`, {
      headers: { authorization: `Bearer ${key}` },
    });
    if (answer.ok && !(await answer.text()).includes('"unknown_experiment"')) return;
    if (Date.now() > deadline) throw new Error(`Nobody knows the experiment ${experimentKey} after 20 s.`);
    await wait(200);
  }
};

/** Counts grow only, so what was added is a difference. */
const addedTo = (before: Ledger, after: Ledger): Ledger => {
  const rejected: Ledger["rejected"] = {};
  for (const [code, count] of Object.entries(after.rejected) as [keyof Ledger["rejected"], number][])
    if (count > (before.rejected[code] ?? 0)) rejected[code] = count - (before.rejected[code] ?? 0);
  return {
    ...after,
    received: after.received - before.received,
    archived: after.archived - before.archived,
    applied: after.applied - before.applied,
    duplicate: after.duplicate - before.duplicate,
    late: after.late - before.late,
    bot: after.bot - before.bot,
    dead_lettered: after.dead_lettered - before.dead_lettered,
    rejected,
  };
};

/** Loads a running platform with experiments of its own, waits until all of it is counted, and compares. */
export const runLoad = async (target: Target, options: LoadOptions): Promise<LoadReport> => {
  const { admin, environment } = target;
  const { workload, connections, eventsPerSecond, probes, resend, patienceMs = 30_000, onStage } = options;
  const run = prefixOf(workload).replace("load-", "");
  await createMetrics(admin);
  const experiments = await startExperiments(admin, { count: workload.experiments, run, environment });
  const probe = probes > 0 ? await startProbe(admin, { lanes: probes, run, environment }) : undefined;
  const load = prepareLoad(
    workload,
    experiments.map(({ key }) => key),
    onStage("Users", workload.users),
  );
  for (const { key } of [...experiments, ...(probe ? [probe] : [])]) await untilKnown(target, key);

  const before = await readLedger(admin, environment);
  const ended = new AbortController();
  const startedAt = performance.now();
  const probing = probe
    ? probeFreshness(
        {
          ...target,
          experimentKey: probe.key,
          lanes: probes,
          prefix: prefixOf(workload),
          readExposures: exposuresOf(admin, probe.key, environment),
        },
        ended.signal,
      )
    : undefined;
  const sending = { ...target, ...load, connections };
  const sent = await send({
    ...sending,
    ...(eventsPerSecond === undefined ? {} : { eventsPerSecond }),
    onTaken: onStage("Events sent", load.events),
  }).finally(() => ended.abort());
  if (resend) await send({ ...sending, onTaken: onStage("Events sent again", load.events) });
  const freshness = await probing;
  const added = { received: load.events + (freshness?.probes ?? 0), applied: load.fates.applied };
  const advance = onStage("Events counted", added.received);
  const ledger = await settle(admin, environment, before, added, { patienceMs, advance });
  const seconds = (performance.now() - startedAt) / 1_000;
  const comparison = await compare(admin, experiments, load.reference, environment);
  return { experiments, load, sent, seconds, freshness, ledger: addedTo(before, ledger), comparison };
};
