import { parseArgs } from "node:util";
import type { CellDifference, Replay } from "../contract/replay.ts";
import { type AdminClient, createAdminClient } from "./admin-client.ts";
import { readLocalAccess, stateDirOf } from "./local-access.ts";
import { Failure, Progress, runScript } from "./steps.ts";

const POLL_MS = 300;

const usage = `Usage: npm run replay -- [--environment production] [--shards <n>] [--switch [--force]]
  Counts the archive once more and compares it with what is counted, cell by cell.
  --shards  replays into another number of shards
  --switch  moves the environment to the replayed generation, while events come in
  --force   moves it even if the counts differ`;

const readOptions = () => {
  try {
    const { values } = parseArgs({
      options: {
        environment: { type: "string", default: "production" },
        shards: { type: "string" },
        switch: { type: "boolean", default: false },
        force: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    return values;
  } catch (error) {
    throw new Failure(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  }
};

const isOver = ({ stage }: Replay): boolean => stage === "done" || stage === "failed";

const words: Record<Replay["stage"], string> = {
  clearing: "Making room for the replayed generation",
  replaying: "Replaying the archive",
  closing: "Holding the counting for a moment",
  catching_up: "Replaying what has come since",
  comparing: "Comparing with what is counted",
  moving: "Handing over to the new generation",
  ready: "Publishing the new generation",
  cleaning: "Cleaning up",
  done: "Done",
  failed: "Failed",
};

/** Shows how far a replay is until it is over. */
const follow = async (admin: AdminClient, path: string, started: Replay): Promise<Replay> => {
  let replay = started;
  let stage: Replay["stage"] | undefined;
  let bar: Progress | undefined;
  let shown = 0;
  for (;;) {
    const { files, files_read } = replay.progress;
    if (replay.stage === "replaying" && files > 0 && shown < files) {
      bar ??= new Progress("Replaying", files);
      bar.advance(Math.min(files_read, files) - shown);
      shown = Math.min(files_read, files);
    } else if (replay.stage !== stage && replay.stage !== "replaying") console.log(words[replay.stage]);
    stage = replay.stage;
    if (isOver(replay)) return replay;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    replay = await admin.get<Replay>(`${path}/${replay.id}`);
  }
};

const contentInWords = (content: CellDifference["live"]): string =>
  content ? `n ${content.n} ${JSON.stringify(content.sums)}` : "nothing";

const printComparison = ({ comparison, progress, from, to }: Replay): void => {
  console.log(
    `\n  ${progress.files_read} files, ${progress.messages} messages with ${progress.events} events` +
      ` in ${to.shards} ${to.shards === 1 ? "shard" : "shards"} (${from.shards} now)`,
  );
  if (progress.under_way > 0) console.log(`  ${progress.under_way} messages are on their way to what is counted`);
  if (progress.dead_lettered > 0) console.log(`  ${progress.dead_lettered} messages are dead letters, here and there`);
  if (!comparison) return;
  const { cells, different, units, difference, examples } = comparison;
  console.log(`  cells compared  ${cells}, ${different} of them differ`);
  console.log(`  units           ${units.live} counted, ${units.replayed} replayed`);
  for (const { live, replayed, ...key } of examples)
    console.log(`    ${JSON.stringify(key)}: counted ${contentInWords(live)}, replayed ${contentInWords(replayed)}`);
  console.log(`  difference      ${difference}`);
};

/** Replays the archive of a running platform and prints the difference; exit code 1 unless that is 0. */
runScript(async () => {
  const options = readOptions();
  if (options.help) {
    console.log(usage);
    return;
  }
  const shards = options.shards === undefined ? undefined : Number(options.shards);
  const access = readLocalAccess(stateDirOf(process.env));
  const health = access && (await fetch(`${access.url}/api/v1/health`).catch(() => undefined));
  if (!access || !health?.ok)
    throw new Failure("No local platform is running. Start it in another terminal first: npm start");
  const admin = createAdminClient(access.url, { authorization: `Bearer ${access.admin_api_key}` });
  const path = `/environments/${options.environment}/replays`;
  const started = await admin
    .post<Replay>(path, {
      ...(shards === undefined ? {} : { shards }),
      switch: options.switch,
      force: options.force,
    })
    .catch((error: unknown) => {
      throw new Failure(error instanceof Error ? error.message : String(error));
    });
  const replay = await follow(admin, path, started);
  printComparison(replay);
  if (replay.stage === "failed") throw new Failure(`The replay ended: ${replay.error ?? "no reason is known"}`);
  if (replay.switch)
    console.log(
      `\n  ${options.environment} is counted by generation ${replay.to.generation}, ${replay.to.shards} shards.`,
    );
  if (replay.comparison?.difference !== 0 && !options.force)
    throw new Failure("What is counted is not what the archive gives. See the cells above.");
});
