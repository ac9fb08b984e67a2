import type { ExperimentStatus } from "../../contract/experiment.ts";
import { Problem } from "../http/problem.ts";

/** Stopping a paused test is natural, so that is allowed too; nothing comes back from completed. */
const next: Record<ExperimentStatus, readonly ExperimentStatus[]> = {
  draft: ["running", "archived"],
  running: ["paused", "completed"],
  paused: ["running", "completed"],
  completed: ["archived"],
  archived: [],
};

/** Throws 409 `status_not_allowed`, saying what is allowed, unless an experiment may go from the one to the other. */
export const checkTransition = (from: ExperimentStatus, to: ExperimentStatus): void => {
  if (next[from].includes(to)) return;
  const allowed = next[from].length === 0 ? "nothing: it stays archived" : next[from].join(" or ");
  const message = `An experiment that is ${from} cannot become ${to}. Allowed is ${allowed}.`;
  throw new Problem(409, "status_not_allowed", message, { errors: [{ path: "status", message }] });
};

/** What becoming a status is called in the audit trail. */
const verbs: Record<ExperimentStatus, string> = {
  draft: "draft",
  running: "resume",
  paused: "pause",
  completed: "complete",
  archived: "archive",
};

/** The name of a status change in the audit trail, for example `experiment.start`. */
export const actionOf = (from: ExperimentStatus, to: ExperimentStatus): string =>
  `experiment.${from === "draft" && to === "running" ? "start" : verbs[to]}`;
