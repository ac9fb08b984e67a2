import { DAY_MS } from "./day.ts";
import { harmSaid, ranked, unitsNeeded } from "./decision.ts";
import { cautionsOf } from "./doubts.ts";
import type { Facts } from "./facts.ts";
import { whyUndefined } from "./findings.ts";
import type { Prose } from "./prose.ts";
import { EARLY_MS } from "./schedule.ts";
import type { Saying } from "./situation.ts";
import { dayRange, days } from "./wording.ts";

/** How long it still takes, by what the method waits for; nothing before the start. */
const timeLeft = (facts: Facts): Prose => {
  const { method, started_at: start, ends_at: end, estimated_duration_days: planned, looks, progress, asOfMs } = facts;
  if (start === null || !progress) return undefined;
  const { days_left: left, days_to_needed: range } = progress;
  const ending =
    end !== null &&
    end < start + planned * DAY_MS - EARLY_MS &&
    `It ends in ${days(left)}, before the ${days(planned)} planned are over.`;
  const look = facts.look + 1;
  if (method === "group_sequential" && look <= looks) {
    const due = Math.max(0, Math.ceil((start + (look / looks) * planned * DAY_MS - asOfMs) / DAY_MS));
    return [
      !(ending && due > left) && `Look ${look} of ${looks} is due ${due === 0 ? "now" : `in ${days(due)}`}.`,
      ending,
    ];
  }
  const least = Math.ceil(facts.min_days - (asOfMs - start) / DAY_MS);
  if (method === "fixed_horizon" || !range?.[1]) return ending || `${days(Math.max(left, least))} left.`;
  const [from, to] = range;
  return [`${dayRange([Math.max(from, least), Math.max(to, least)])} left at the pace of the last seven days.`, ending];
};

/** Why what looks clear is not a decision yet. */
const notYet = ({ method, estimated_duration_days: planned, min_days }: Facts): string => {
  if (method === "fixed_horizon")
    return `this test is read once, at its planned end (day ${Math.max(planned, min_days)}): looking early finds winners that are none`;
  // After that it would be decided.
  return `nothing is decided before ${days(min_days)} are over, so that every day of the week is in it`;
};

const soFar = (facts: Facts, metric: string): string => {
  const { candidates, only } = facts;
  const ready = ranked(facts).filter(({ range }) => range);
  const clear = ready.find(({ reading }) => reading !== "unclear");
  const shown = clear ?? ready[0];
  if (!shown)
    return candidates[0]?.undefined_reason === "no_look_yet"
      ? "Nothing is read before the first planned look."
      : `Not clear yet: ${metric} cannot be compared, because ${whyUndefined(candidates[0])}.`;
  const of = only ? "" : ` with ${shown.name}`;
  return clear
    ? `So far the change${of} is ${shown.range}, but ${notYet(facts)}.`
    : `Not clear yet. The change${of} is ${shown.range}.`;
};

/** Nothing can be decided yet: how far it is, and how long it takes; or, while it is paused, what that means. */
export const keepRunning = (facts: Facts): Saying => {
  const { primary: metric, candidates, only, paused } = facts;
  if (!metric)
    return {
      code: "running",
      title: paused ? "Paused" : "Counting without a verdict",
      detail: "There is no primary metric to decide by.",
      reasons: [paused, cautionsOf(facts)],
      next_step: "Read the metrics one by one, or choose a primary metric before the next start.",
    };
  const left = timeLeft(facts);
  const said = soFar(facts, metric.name);
  const reasons = [
    !only && candidates.map(({ name, range }) => range && `${name}: ${metric.name} ${range}.`),
    harmSaid(facts, "looks worse in", " so far"),
    candidates.map(({ guardrails }) =>
      guardrails.filter(({ reading }) => reading === "some_harm" || reading === "crossed_limit"),
    ),
    unitsNeeded(facts),
  ];
  return paused
    ? {
        code: "running",
        title: "Paused",
        detail: ["Nobody new is decided, and the clock of the plan goes on.", left],
        reasons: [said, reasons],
        next_step: "Resume the experiment to go on, or complete it.",
      }
    : {
        code: "running",
        title: "Keep running",
        detail: [said, left],
        reasons,
        next_step: "Let it run; nothing needs to be done.",
      };
};
