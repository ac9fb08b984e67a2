import { type Candidate, isHarmful, ranked } from "./candidates.ts";
import { cautionsOf } from "./doubts.ts";
import { nextLookOf, type Schedule, willEndEarly } from "./schedule.ts";
import { changeSaid, guardrailSentence, harmedBy, unitsNeeded, whyUndefined } from "./sentences.ts";
import { primaryOf } from "./primary.ts";
import { isPaused, type Saying, type Situation } from "./situation.ts";
import { pausedReason } from "./unreadable.ts";
import { dayRange, days, rangeOf } from "./wording.ts";

/** How long it still takes, by what the method waits for. */
const timeLeft = (situation: Situation, schedule: Schedule): string => {
  const { plan, progress } = situation;
  const next = nextLookOf(situation);
  const end =
    progress && willEndEarly(plan)
      ? `It ends in ${days(progress.days_left)}, before the ${days(plan.estimated_duration_days)} planned are over.`
      : "";
  const said = (left: string): string => `${left} ${end}`.trim();
  if (plan.method === "group_sequential" && next) {
    const isTooLate = progress && end !== "" && next.days > progress.days_left;
    return said(
      isTooLate
        ? ""
        : `Look ${next.number} of ${plan.looks} is due ${next.days === 0 ? "now" : `in ${days(next.days)}`}.`,
    );
  }
  if (!progress) return "";
  const floor = schedule.daysToMinDays;
  const range = progress.days_to_needed;
  if (plan.method === "fixed_horizon" || range === null || range[1] === 0)
    return end || `${days(Math.max(progress.days_left, floor))} left.`;
  const [from, to] = range;
  return said(`${dayRange([Math.max(from, floor), Math.max(to, floor)])} left at the pace of the last seven days.`);
};

/** Why what looks clear is not a decision yet. */
const notYet = ({ plan }: Situation, schedule: Schedule): string => {
  if (plan.method === "fixed_horizon")
    return `this test is read once, at its planned end (day ${Math.max(plan.estimated_duration_days, plan.min_days)}): looking early finds winners that are none`;
  return schedule.hasMinDays
    ? "it is not decided yet"
    : `nothing is decided before ${days(plan.min_days)} are over, so that every day of the week is in it`;
};

const soFar = (situation: Situation, schedule: Schedule, candidates: readonly Candidate[]): string => {
  const primary = primaryOf(situation);
  const ready = ranked(candidates, primary).flatMap((each) => {
    const change =
      primary && each.primary && each.reading !== "undefined" ? changeSaid(primary, each.primary) : undefined;
    return change ? [{ ...each, change }] : [];
  });
  const [first] = ready;
  if (!primary || !first) {
    const [candidate] = candidates;
    return candidate?.primary?.undefined_reason === "no_look_yet"
      ? "Nothing is read before the first planned look."
      : `Not clear yet: ${primary?.name ?? "the primary metric"} cannot be compared, because ${whyUndefined(candidate?.primary)}.`;
  }
  const clear = ready.find(({ reading }) => reading !== "unclear");
  const { change, name } = clear ?? first;
  const of = candidates.length > 1 ? ` with ${name}` : "";
  return clear
    ? `So far the change${of} is ${rangeOf(change)}, but ${notYet(situation, schedule)}.`
    : `Not clear yet. The change${of} is ${rangeOf(change)}.`;
};

/** Nothing can be decided yet: how far it is, and how long it takes; or, while it is paused, what that means. */
export const keepRunning = (situation: Situation, schedule: Schedule, candidates: readonly Candidate[]): Saying => {
  const primary = primaryOf(situation);
  const base = { code: "running", variant_key: null } as const;
  if (!primary)
    return {
      ...base,
      title: isPaused(situation) ? "Paused" : "Counting without a verdict",
      detail: "There is no primary metric, so no verdict will come.",
      reasons: [...pausedReason(situation), ...cautionsOf(situation)],
      next_step: "Read the metrics one by one, or choose a primary metric before the next start.",
    };
  const left = timeLeft(situation, schedule);
  const said = soFar(situation, schedule, candidates);
  const reasons = [
    ...(candidates.length < 2
      ? []
      : candidates.flatMap(({ primary: comparison, name }) => {
          const change = comparison && changeSaid(primary, comparison);
          return change ? [`${name}: ${primary.name} ${rangeOf(change)}.`] : [];
        })),
    ...candidates.filter(isHarmful).map((each) => `${each.name} looks worse in ${harmedBy(situation, each)} so far.`),
    ...candidates.flatMap((each) =>
      each.guardrails
        .filter(({ reading }) => reading === "some_harm" || reading === "crossed_limit")
        .map((guarded) => guardrailSentence(situation, each.key, guarded)),
    ),
    ...unitsNeeded(situation, "it"),
  ];
  return isPaused(situation)
    ? {
        ...base,
        title: "Paused",
        detail: `Nobody new is decided, and the clock of the plan goes on: ${left || "its start is not known."}`,
        reasons: [said, ...reasons],
        next_step: "Resume the experiment to go on, or complete it.",
      }
    : {
        ...base,
        title: "Keep running",
        detail: `${said} ${left}`.trimEnd(),
        reasons,
        next_step: "Let it run; nothing needs to be done.",
      };
};
