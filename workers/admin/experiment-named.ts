import type { Context } from "hono";
import type { Experiment } from "../../contract/experiment.ts";
import { findExperiment } from "../../d1/experiments.ts";
import type { AdminEnv } from "./env.ts";
import { notFound } from "./refusals.ts";
import { checkRevision } from "./revision.ts";

/** The experiment that a request is about, by key or id; 404 when there is none. */
export const experimentNamed = async (c: Context<AdminEnv>, reference: string): Promise<Experiment> => {
  const experiment = await findExperiment(c.env.DB, reference);
  if (!experiment) throw notFound("experiment", reference);
  return experiment;
};

/** The experiment that a write is about, at the revision that `If-Match` asks for. */
export const experimentToWrite = async (c: Context<AdminEnv>, reference: string): Promise<Experiment> => {
  const experiment = await experimentNamed(c, reference);
  checkRevision(c, experiment);
  return experiment;
};
