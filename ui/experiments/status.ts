import type { ExperimentStatus } from "../../contract/experiment.ts";
import { dayOfRun, formatDate } from "../format/time.ts";
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

/** The pill of an experiment's page: `Running · day 3 of 14`. */
export function statusDetail(
  experiment: {
    readonly status: ExperimentStatus;
    readonly started_at: string | null;
    readonly ended_at: string | null;
    readonly estimated_duration_days: number;
  },
  now: number,
): string {
  const word = STATUS_WORD[experiment.status];
  if (experiment.status === "completed" && experiment.ended_at !== null)
    return `${word} · ${formatDate(Date.parse(experiment.ended_at))}`;
  if (experiment.started_at === null || (experiment.status !== "running" && experiment.status !== "paused"))
    return word;
  const day = dayOfRun(Date.parse(experiment.started_at), now);
  return `${word} · day ${day} of ${experiment.estimated_duration_days}`;
}

/** One thing that can be done to an experiment, with what to say before it is done. */
export interface StatusAction {
  readonly to: ExperimentStatus;
  readonly label: string;
  readonly question: string;
  readonly consequence: string;
  readonly kind: "primary" | "plain" | "danger";
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
  kind: "primary",
};

const ARCHIVE: StatusAction = {
  to: "archived",
  label: "Archive",
  question: "Archive this experiment?",
  consequence: "It leaves the list, and gives back its buckets. What it found stays readable.",
  kind: "plain",
};

/** What the state allows, from left to right: the likeliest last, where the eye and the thumb end. */
export const STATUS_ACTIONS: Readonly<Record<ExperimentStatus, readonly StatusAction[]>> = {
  draft: [ARCHIVE, START],
  running: [
    {
      to: "paused",
      label: "Pause",
      question: "Pause this experiment?",
      consequence: "Everyone gets the default until it is resumed. Users keep their variants for then.",
      kind: "plain",
    },
    COMPLETE,
  ],
  paused: [
    COMPLETE,
    {
      to: "running",
      label: "Resume",
      question: "Resume this experiment?",
      consequence: "Users get the variants they had before, within seconds.",
      kind: "primary",
    },
  ],
  completed: [ARCHIVE],
  archived: [],
};
