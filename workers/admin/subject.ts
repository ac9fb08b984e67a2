import type { Context } from "hono";
import type { Environment } from "../../contract/environment.ts";
import type { Experiment } from "../../contract/experiment.ts";
import { findEnvironment } from "../../d1/environments.ts";
import { findExperiment } from "../../d1/experiments.ts";
import type { AdminEnv } from "./env.ts";
import { unknownReference } from "./references.ts";
import { notFound } from "./refusals.ts";

/**
 * The experiment, and the environment that is asked about: the first one that it runs in, when none is. 404 when there is no
 * such experiment, 422 when it is not in that environment.
 */
export const subjectOf = async (
  c: Context<AdminEnv>,
  reference: string,
  asked: string | undefined,
): Promise<{ experiment: Experiment; environment: Environment }> => {
  const experiment = await findExperiment(c.env.DB, reference);
  if (!experiment) throw notFound("experiment", reference);
  const environment = await findEnvironment(c.env.DB, asked ?? experiment.environments[0] ?? "production");
  if (!environment || !experiment.environments.includes(environment.key)) {
    const places = experiment.environments.join(", ");
    const message = `The experiment is not in ${environment?.key ?? asked}; it is in ${places}.`;
    throw unknownReference("environment", message);
  }
  return { experiment, environment };
};
