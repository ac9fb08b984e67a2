import type { Experiment, NewPhase } from "../../contract/experiment.ts";
import type { ProblemError } from "../../contract/problem.ts";
import { findLayer } from "../../d1/layers.ts";
import { phaseDefinitionOf } from "../../d1/phases.ts";
import { BUCKETS } from "../../core/bucket.ts";
import { Problem } from "../http/problem.ts";
import { allocate, lowest, sizeOf } from "./buckets.ts";
import { checkNoCycle, needsIn } from "./prerequisites.ts";
import { References, namedIn } from "./references.ts";
import { ownLayerKey, ownLayerSalt } from "./resolve-experiment.ts";
import { audiencesNamed, rulesOf } from "./resolve-targeting.ts";

/** Throws 409 `status_not_allowed` unless the experiment has started and has not ended. */
const checkUnderWay = ({ key, status }: Experiment): void => {
  if (status === "running" || status === "paused") return;
  const advice =
    status === "draft"
      ? `Change it with PATCH /api/v1/experiments/${key} and start it.`
      : "It has ended; make a new experiment.";
  throw new Problem(
    409,
    "status_not_allowed",
    `The experiment ${key} is ${status}, and phases are for running and paused ones. ${advice}`,
  );
};

/** The variants with other weights. Every one of them must be given one, and nothing else: 422 names what is not so. */
const reweighed = (
  { key, variants }: Experiment,
  weights: NonNullable<NewPhase["weights"]>,
): Experiment["variants"] => {
  const known = variants.map((variant) => variant.key);
  const unknown = Object.keys(weights)
    .filter((each) => !known.includes(each))
    .map((each): ProblemError => ({
      path: `weights.${each}`,
      message: `The experiment ${key} has no variant ${each}, and a phase cannot add one; it has ${known.join(", ")}.`,
    }));
  const missing = known
    .filter((each) => !Object.hasOwn(weights, each))
    .map((each): ProblemError => ({
      path: `weights.${each}`,
      message: "Give every variant a weight; 0 for one that nobody should be assigned to.",
    }));
  const [first] = [...unknown, ...missing];
  if (first)
    throw new Problem(422, "invalid_request", `${first.path}: ${first.message}`, { errors: [...unknown, ...missing] });
  return variants.map((variant) => ({ ...variant, weight_bp: Math.round((weights[variant.key] ?? 0) * 100) }));
};

/** Another salt for another phase: the first one with the phase's number, so that it stays short and nobody else has it. */
const saltOfPhase = (salt: string, phase: number): string => `${salt.replace(/\.\d+$/, "")}.${phase}`;

/** The buckets that a phase asks for. A smaller share keeps the lowest of those that there are. */
const slotsOf = async (
  d1: D1Database,
  { key, layer, slots }: Experiment,
  wanted: Pick<NewPhase, "traffic" | "slots">,
): Promise<Experiment["slots"]> => {
  if (wanted.traffic === undefined && wanted.slots === undefined) return slots;
  const others = ((await findLayer(d1, layer.id))?.slots ?? []).filter(({ experiment_key }) => experiment_key !== key);
  if (wanted.slots) return allocate({ slots: wanted.slots }, layer.key, others);
  const traffic = wanted.traffic ?? 1;
  return allocate({ traffic }, layer.key, others, lowest(slots, Math.round(traffic * BUCKETS)));
};

/**
 * The experiment as it is in the phase that is asked for. What is left out stays.
 *
 * A reshuffle gives another salt to the experiment, and to its layer when it has that to itself, whose salt is made of the
 * experiment's: then other units are in its buckets, too. Throws 409 `status_not_allowed`; 422 for weights that are not those of
 * its variants, for references that lead nowhere, buckets that are taken, a cycle, and for a phase in which nothing is new.
 */
export const resolvePhase = async (
  d1: D1Database,
  before: Experiment,
  written: NewPhase,
  at: string,
): Promise<Experiment> => {
  checkUnderWay(before);
  const variants = written.weights ? reweighed(before, written.weights) : before.variants;
  const references = await References.load(d1, {
    audience: audiencesNamed(written.targeting ?? {}),
    ...namedIn(written.prerequisites ?? []),
  });
  const rules = written.targeting ? rulesOf(written.targeting, references) : before.targeting.rules;
  const prerequisites = written.prerequisites
    ? references.prerequisites(written.prerequisites, "prerequisites")
    : before.prerequisites;
  references.check();
  await checkNoCycle(d1, { kind: "experiment", key: before.key }, needsIn(prerequisites, "prerequisites"));

  const slots = await slotsOf(d1, before, written);
  const phase = before.phase + 1;
  const salt = written.reshuffle ? saltOfPhase(before.salt, phase) : before.salt;
  const isAlone = before.layer.key === ownLayerKey(before.key);
  const after: Experiment = {
    ...before,
    salt,
    layer: isAlone ? { ...before.layer, salt: ownLayerSalt(salt) } : before.layer,
    slots,
    traffic: sizeOf(slots) / BUCKETS,
    variants,
    targeting: { rules },
    prerequisites,
    phase,
    revision: before.revision + 1,
    updated_at: at,
  };
  if (JSON.stringify(phaseDefinitionOf(before)) === JSON.stringify(phaseDefinitionOf(after))) {
    const message = "Nothing would be new; change weights, traffic, slots, targeting or prerequisites, or reshuffle.";
    throw new Problem(422, "invalid_request", message, { errors: [{ path: "", message }] });
  }
  return after;
};
