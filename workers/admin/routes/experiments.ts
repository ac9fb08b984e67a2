import { Hono } from "hono";
import type { Allocation } from "../../../contract/allocation.ts";
import {
  AllocationChange,
  ExperimentChange,
  ExperimentsQuery,
  NewExperiment,
  StatusChange,
} from "../../../contract/experiment.ts";
import type { Experiment } from "../../../contract/experiment.ts";
import { VariantsQuery } from "../../../contract/page.ts";
import { WriteQuery } from "../../../contract/write-query.ts";
import {
  findExperiment,
  insertExperiment,
  listExperiments,
  reallocateExperiment,
  replaceExperiment,
  updateExperiment,
} from "../../../d1/experiments.ts";
import { newId, saltOf } from "../../../d1/id.ts";
import { deleteLayer, findLayer, insertLayer, updateLayer } from "../../../d1/layers.ts";
import { pageFrom } from "../../../d1/page.ts";
import { beginPhase } from "../../../d1/phases.ts";
import { BUCKETS } from "../../../core/bucket.ts";
import { Problem } from "../../http/problem.ts";
import { allocate, isWithin, merged, sizeOf } from "../buckets.ts";
import { checkDependents } from "../dependents.ts";
import type { AdminEnv } from "../env.ts";
import { experimentNamed, experimentToWrite } from "../experiment-named.ts";
import { allow } from "../permissions.ts";
import { checkNobodyDepends } from "../prerequisites.ts";
import { keyFrom, keyTaken } from "../refusals.ts";
import { instantOf, resolveExperiment } from "../resolve-experiment.ts";
import { etagOf } from "../revision.ts";
import { rewritten } from "../rewrite-experiment.ts";
import { checkPageFree } from "../split-pages.ts";
import { actionOf, checkTransition } from "../status-machine.ts";
import { body, query } from "../valid.ts";
import { isDryRun, write } from "../write.ts";
import { phases } from "./phases.ts";

const isStarted = ({ status }: Experiment): boolean =>
  status === "running" || status === "paused" || status === "completed";

/**
 * What may change whenever: words, and until when units are taken. Everything else decides who gets what, or how that is judged.
 */
const UNLOCKED = new Set(["name", "hypothesis", "owner", "ends_at"]);
/** What a new phase may change, weights of variants among it. */
const PHASED = new Set(["variants", "targeting", "prerequisites", "traffic", "slots"]);

const checkUnlocked = (experiment: Experiment, change: ExperimentChange): void => {
  if (experiment.status === "draft") return;
  const isUnderWay = experiment.status === "running" || experiment.status === "paused";
  const instead = (field: string): string => {
    if (!isUnderWay || !PHASED.has(field)) return "make a new experiment";
    const what = field === "variants" ? "to change weights, " : "";
    return `${what}begin a new phase with POST /api/v1/experiments/${experiment.key}/phases`;
  };
  const errors = Object.keys(change)
    .filter((field) => !UNLOCKED.has(field))
    .map((path) => ({ path, message: `${path} is locked since the experiment left draft; ${instead(path)}.` }));
  if (errors.length > 0)
    throw new Problem(
      409,
      "locked_while_running",
      `The experiment ${experiment.key} is ${experiment.status}: only its name, hypothesis, owner and ends_at may change.`,
      { errors },
    );
};

/** The end of a started experiment after a change. What is over cannot be made to have been over at another time. */
const endAfter = (before: Experiment, change: ExperimentChange, at: string): string | null => {
  if (change.ends_at === undefined) return before.ends_at;
  const ends_at = instantOf(change.ends_at);
  const isUnderWay = before.status === "running" || before.status === "paused";
  const message = !isUnderWay
    ? `The experiment ${before.key} is ${before.status}; its end stays.`
    : ends_at !== null && ends_at <= at
      ? "Give an instant to come, or null; to stop now, pause or complete the experiment."
      : undefined;
  if (message === undefined) return ends_at;
  throw new Problem(isUnderWay ? 422 : 409, isUnderWay ? "invalid_request" : "locked_while_running", message, {
    errors: [{ path: "ends_at", message }],
  });
};

/** What an experiment lacks before it can start at an instant. */
const checkComplete = ({ primary_metric, ends_at }: Experiment, at: string): void => {
  if (primary_metric === null) {
    const message = "Name the metric that decides, as primary_metric, before starting.";
    throw new Problem(422, "experiment_incomplete", message, { errors: [{ path: "primary_metric", message }] });
  }
  if (ends_at !== null && ends_at <= at) {
    const message = `It would be over before it starts: ends_at is ${ends_at}. Change ends_at, or take it back with null.`;
    throw new Problem(422, "invalid_request", message, { errors: [{ path: "ends_at", message }] });
  }
};

const allocationOf = ({ layer, slots, traffic, phase, revision }: Experiment): Allocation => ({
  layer,
  slots,
  traffic,
  phase,
  revision,
});

export const experiments = new Hono<AdminEnv>()
  .get("/", allow("definitions.read"), query(ExperimentsQuery), async (c) => {
    const { status, ...page } = c.req.valid("query");
    return c.json(await listExperiments(c.env.DB, page, { status }));
  })

  .post("/", allow("definitions.write"), query(WriteQuery), body(NewExperiment), async (c) => {
    const written = c.req.valid("json");
    const key = keyFrom(written);
    const created = await write(c, async () => {
      if (await findExperiment(c.env.DB, key)) throw keyTaken("experiment", key);
      const at = new Date().toISOString();
      const id = newId("exp");
      const { experiment, ownLayer } = await resolveExperiment(c.env.DB, written, {
        id,
        key,
        salt: saltOf(id),
        status: "draft",
        phase: 1,
        revision: 1,
        created_at: at,
        updated_at: at,
        started_at: null,
        ended_at: null,
        variants: [],
        own_layer_id: newId("lay"),
      });
      return {
        result: experiment,
        statements: [...(ownLayer ? [insertLayer(c.env.DB, ownLayer)] : []), ...insertExperiment(c.env.DB, experiment)],
        action: "experiment.create",
        target: `experiment:${key}`,
        change: { before: null, after: experiment },
      };
    });
    c.header("etag", etagOf(created));
    return c.json(created, isDryRun(c) ? 200 : 201);
  })

  .get("/:key", allow("definitions.read"), async (c) => {
    const experiment = await experimentNamed(c, c.req.param("key"));
    c.header("etag", etagOf(experiment));
    return c.json(experiment);
  })

  .patch("/:key", allow("definitions.write"), query(WriteQuery), body(ExperimentChange), async (c) => {
    const change = c.req.valid("json");
    const changed = await write(c, async () => {
      const before = await experimentToWrite(c, c.req.param("key"));
      checkUnlocked(before, change);
      const identity = { ...before, revision: before.revision + 1, updated_at: new Date().toISOString() };
      const audit = { action: "experiment.change", target: `experiment:${before.key}` };
      if (before.status !== "draft") {
        const { name = before.name, hypothesis = before.hypothesis, owner = before.owner } = change;
        const ends_at = endAfter(before, change, identity.updated_at);
        const result: Experiment = { ...identity, name, hypothesis, owner, ends_at };
        const statements = [updateExperiment(c.env.DB, result)];
        return { result, statements, ...audit, change: { before, after: result }, live: ends_at !== before.ends_at };
      }
      const wasAlone = before.layer.key.includes("/");
      const { experiment: result, ownLayer } = await resolveExperiment(c.env.DB, rewritten(before, change), {
        ...identity,
        own_layer_id: wasAlone ? before.layer.id : newId("lay"),
      });
      if (change.variants || change.factors) await checkDependents(c.env.DB, result);
      return {
        result,
        statements: [
          ...(ownLayer ? [wasAlone ? updateLayer(c.env.DB, ownLayer) : insertLayer(c.env.DB, ownLayer)] : []),
          ...replaceExperiment(c.env.DB, result),
          ...(wasAlone && !ownLayer ? [deleteLayer(c.env.DB, before.layer.id)] : []),
        ],
        ...audit,
        change: { before, after: result },
      };
    });
    c.header("etag", etagOf(changed));
    return c.json(changed);
  })

  .patch("/:key/status", allow("experiments.run"), query(WriteQuery), body(StatusChange), async (c) => {
    const { status } = c.req.valid("json");
    const changed = await write(c, async () => {
      const before = await experimentToWrite(c, c.req.param("key"));
      checkTransition(before.status, status);
      const at = new Date().toISOString();
      const isStarting = before.status === "draft" && status === "running";
      if (isStarting) checkComplete(before, at);
      if (status === "archived") await checkNobodyDepends(c.env.DB, { kind: "experiment", key: before.key }, "status");
      if (status === "running") await checkPageFree(c.env.DB, before);
      const result: Experiment = {
        ...before,
        status,
        revision: before.revision + 1,
        updated_at: at,
        started_at: isStarting ? at : before.started_at,
        ended_at: status === "completed" ? at : before.ended_at,
      };
      if (status === "running") await checkDependents(c.env.DB, result);
      return {
        result,
        statements: [
          updateExperiment(c.env.DB, result),
          ...(isStarting ? beginPhase(c.env.DB, { before, experiment: result, startedAt: at, reason: "" }) : []),
        ],
        action: actionOf(before.status, status),
        target: `experiment:${before.key}`,
        change: { before: { status: before.status }, after: { status } },
        live: isStarting || isStarted(before),
      };
    });
    c.header("etag", etagOf(changed));
    return c.json(changed);
  })

  .get("/:key/variants", allow("definitions.read"), query(VariantsQuery), async (c) => {
    const { variants } = await experimentNamed(c, c.req.param("key"));
    const { limit, cursor } = c.req.valid("query");
    const last = variants.findIndex(({ id }) => id === cursor);
    if (cursor !== undefined && last < 0) {
      const message = "This is no cursor of this list; use the next_cursor of the page before.";
      throw new Problem(400, "invalid_request", `cursor: ${message}`, { errors: [{ path: "cursor", message }] });
    }
    return c.json(pageFrom(variants.slice(last + 1), limit, (variant) => variant));
  })

  .get("/:key/allocations", allow("definitions.read"), async (c) => {
    const experiment = await experimentNamed(c, c.req.param("key"));
    c.header("etag", etagOf(experiment));
    return c.json(allocationOf(experiment));
  })

  .put("/:key/allocations", allow("experiments.run"), query(WriteQuery), body(AllocationChange), async (c) => {
    const { traffic, slots } = c.req.valid("json");
    const changed = await write(c, async () => {
      const before = await experimentToWrite(c, c.req.param("key"));
      if (before.status === "completed" || before.status === "archived")
        throw new Problem(
          409,
          "locked_while_running",
          `The experiment ${before.key} is ${before.status} and has given its buckets back; make a new experiment.`,
        );
      const isLive = before.status !== "draft";
      const layer = await findLayer(c.env.DB, before.layer.id);
      const others = (layer?.slots ?? []).filter(({ experiment_key }) => experiment_key !== before.key);
      const wanted = slots ? { slots } : { traffic: traffic ?? before.traffic };
      const shrinks = slots ? !isWithin(before.slots, slots) : (traffic ?? 1) * BUCKETS + 0.5 < sizeOf(before.slots);
      if (isLive && shrinks)
        throw new Problem(
          409,
          "locked_while_running",
          `The experiment ${before.key} has started, so its allocation can only grow: its buckets stay, and more are appended. Pause or complete it to stop it, or begin a smaller phase with POST /api/v1/experiments/${before.key}/phases.`,
          {
            errors: [{ path: slots ? "slots" : "traffic", message: "Ask for more than the experiment has, not less." }],
          },
        );
      const after = allocate(wanted, before.layer.key, others, isLive ? before.slots : []);
      const isSame = sizeOf(after) === sizeOf(before.slots) && isWithin(after, before.slots);
      const at = new Date().toISOString();
      const result: Experiment = {
        ...before,
        slots: merged(after),
        traffic: sizeOf(after) / BUCKETS,
        phase: isLive && !isSame ? before.phase + 1 : before.phase,
        revision: before.revision + 1,
        updated_at: at,
      };
      return {
        result,
        statements: [
          ...reallocateExperiment(c.env.DB, result),
          ...(result.phase === before.phase
            ? []
            : beginPhase(c.env.DB, { before, experiment: result, startedAt: at, reason: "" })),
        ],
        action: "experiment.allocate",
        target: `experiment:${before.key}`,
        change: { before: allocationOf(before), after: allocationOf(result) },
        live: isLive && !isSame,
      };
    });
    c.header("etag", etagOf(changed));
    return c.json(allocationOf(changed));
  })

  .route("/", phases);
