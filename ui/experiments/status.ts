import type { Experiment, ExperimentStatus } from "../../contract/experiment.ts";
import { dayOfRun, formatDate } from "../format/time.ts";
import { mayEndAnyDay } from "./analysis-words.ts";
import type { Tone } from "../parts/tone.ts";

export const STATUSES = ["draft", "running", "paused", "completed", "archived"] as const satisfies ExperimentStatus[];

export const STATUS_WORD: Readonly<Record<ExperimentStatus, string>> = {
  draft: "Draft",
  running: "Running",
  paused: "Paused",
  completed: "Completed",
  archived: "Archived",
};

export const STATUS_TONE: Readonly<Record<ExperimentStatus, Tone>> = {
  draft: "neutral",
  running: "info",
  paused: "warn",
  completed: "good",
  archived: "neutral",
};

/** What of an experiment says how far it is. */
export interface Run {
  readonly status: ExperimentStatus;
  readonly started_at: string | null;
  readonly ended_at: string | null;
  readonly estimated_duration_days: number;
  readonly analysis: Pick<Experiment["analysis"], "method">;
}

/** The day of a run that is not over, and how many were planned; undefined when it never started. */
function progressOf(run: Omit<Run, "analysis">, now: number): { day: number; of: number } | undefined {
  if (run.started_at === null) return undefined;
  return { day: dayOfRun(Date.parse(run.started_at), now), of: run.estimated_duration_days };
}

/** Whether the planned days are not over yet, counted from the start. */
function isEarly(run: Run, now: number): boolean {
  const progress = progressOf(run, now);
  return progress !== undefined && progress.day <= progress.of;
}

/** The pill of an experiment's page: `Running · day 3 of 14`. */
export function statusDetail(experiment: Omit<Run, "analysis">, now: number): string {
  const word = STATUS_WORD[experiment.status];
  if (experiment.status === "completed" && experiment.ended_at !== null)
    return `${word} · ${formatDate(Date.parse(experiment.ended_at))}`;
  const progress = progressOf(experiment, now);
  if (progress === undefined || (experiment.status !== "running" && experiment.status !== "paused")) return word;
  return `${word} · day ${progress.day} of ${progress.of}`;
}

/** One thing that can be done to an experiment, with what to say before it is done. */
export interface StatusAction {
  /** What to think of first, before the consequence. */
  readonly warning?: string;
  readonly to: ExperimentStatus;
  readonly label: string;
  readonly question: string;
  readonly consequence: string;
  readonly kind: "primary" | "plain";
}

const START: StatusAction = {
  to: "running",
  label: "Start",
  question: "Start this experiment?",
  consequence:
    "Users get their variants within seconds, wherever they are. Variants, weights, targeting and metrics are locked from then on.",
  kind: "primary",
};

const COMPLETE: StatusAction = {
  to: "completed",
  label: "Complete",
  question: "Complete this experiment?",
  consequence:
    "Everyone gets the default again, and it cannot be started again. Counting goes on for users who were already exposed.",
  kind: "plain",
};

const ARCHIVE: StatusAction = {
  to: "archived",
  label: "Archive",
  question: "Archive this experiment?",
  consequence:
    "It leaves the list, where only the filter “Archived” shows it, and gives back its buckets. What it found stays readable.",
  kind: "plain",
};

const PAUSE: StatusAction = {
  to: "paused",
  label: "Pause",
  question: "Pause this experiment?",
  consequence: "Everyone gets the default until it is resumed. Users keep their variants for then.",
  kind: "plain",
};

const RESUME: StatusAction = {
  to: "running",
  label: "Resume",
  question: "Resume this experiment?",
  consequence: "Users get the variants they had before, within seconds.",
  kind: "primary",
};

/** Ending a test before its planned end spoils its result, unless it is always valid: it is said first, and never the button that stands out. */
function completeOf(run: Run, now: number): StatusAction {
  const progress = progressOf(run, now);
  if (progress === undefined || !isEarly(run, now))
    return { ...COMPLETE, kind: run.status === "paused" ? "plain" : "primary" };
  if (mayEndAnyDay(run.analysis)) return COMPLETE;
  return {
    ...COMPLETE,
    warning: `This ends the test on day ${progress.day} of ${progress.of}, before its planned end. Its result will be marked as ended early.`,
  };
}

/** What the state allows, from left to right: the likeliest last, where the eye and the thumb end. One is primary at most. */
export const statusActions = (run: Run, now: number): readonly StatusAction[] =>
  ({
    draft: [ARCHIVE, START],
    running: [PAUSE, completeOf(run, now)],
    paused: [completeOf(run, now), RESUME],
    completed: [ARCHIVE],
    archived: [],
  })[run.status];
