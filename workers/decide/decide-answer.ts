import type { Assignment, Context, DecideRequest, FlagDecision, Units } from "../../contract/decision.ts";
import { assignmentText, assignmentsText, flagsText } from "../../core/answer.ts";
import type { CompiledRuleset } from "../../core/compile.ts";
import { type EvaluateInput, evaluateExperiments } from "../../core/evaluate.ts";
import { explainExperiment, explainFlag } from "../../core/explain.ts";
import { withServersEdge, withVisitorsCountry, withVisitorsEdge } from "../http/edge-context.ts";
import { isNestedDeeperThan } from "../http/nesting.ts";
import { Problem } from "../http/problem.ts";
import type { Caller } from "./authenticate.ts";
import { invalidRequest } from "./decide-request.ts";
import type { Asked } from "./query.ts";

/** The name that stands for all experiments or all flags. */
const ALL = "*";
const EVERYTHING = [ALL] as const;

/** An explanation repeats what was compared, and JSON is written by recursion. */
const MAX_EXPLAINED_DEPTH = 100;

/**
 * The decisions that a caller asked for, as the JSON text of a `DecideResponse`. Text rather than an object: most of it is
 * in the ruleset, already encoded. Throws a 403 for another environment than the key's and for what the key may not ask.
 */
export const decisionText = (
  caller: Caller,
  { input, env, isExplained }: Asked,
  request: Request,
  now: number,
): string => {
  const { environment, known } = caller;
  if (env !== undefined && env !== environment)
    throw forbidden("env", `This key is of the environment ${environment}; use a key of ${env}, or leave env out.`);
  if (!known) return undecidedText(caller, input);
  const { compiled, pointer } = known.loaded;
  const isClient = known.key.type === "client";
  if (isExplained && isClient)
    throw forbidden("explain", "Explanations tell how people are targeted: use a server key, or leave explain out.");
  const context = input.context ?? {};
  if (isExplained && isNestedDeeperThan(MAX_EXPLAINED_DEPTH, context))
    throw invalidRequest([
      { path: "context", message: `Nest at most ${MAX_EXPLAINED_DEPTH} deep to have it explained.` },
    ]);

  const units = unitsOf(input);
  const subject: EvaluateInput = {
    units,
    context: withEdge(compiled, context, isClient, request),
    now,
    sticky: input.sticky,
    rankings: input.rankings,
    isClient,
  };
  const isEverything = input.experiments === undefined && input.flags === undefined;
  return responseText(
    units,
    environment,
    pointer.version,
    assignmentsJson(compiled, isEverything ? EVERYTHING : input.experiments, subject, isExplained),
    flagsJson(compiled, isEverything ? EVERYTHING : input.flags, subject, isExplained),
  );
};

/** What is answered while there is no ruleset to be had: nothing, and defaults for what is asked for by name. */
export const undecidedText = ({ environment }: Caller, input: DecideRequest): string => {
  const assignments = namesIn(input.experiments).map((experiment_key): Assignment => {
    const nothing = { experiment_id: null, variant_key: null, variant_id: null, payload: null };
    return { experiment_key, ...nothing, reason: "error" };
  });
  const flag: FlagDecision = { value: null, variant: null, reason: "error" };
  const flags = Object.fromEntries(namesIn(input.flags).map((key) => [key, flag]));
  return responseText(unitsOf(input), environment, 0, JSON.stringify(assignments), JSON.stringify(flags));
};

/** Finding out all that the edge knows costs more than deciding, so only what the rules read is. */
const withEdge = ({ edgeUse }: CompiledRuleset, context: Context, isClient: boolean, request: Request): Context => {
  if (edgeUse === "edge") return (isClient ? withVisitorsEdge : withServersEdge)(context, request);
  return edgeUse === "country" && isClient ? withVisitorsCountry(context, request) : context;
};

const forbidden = (path: string, message: string): Problem =>
  new Problem(403, "forbidden", message, { errors: [{ path, message }] });

const unitsOf = ({ user_key, units }: DecideRequest): Units => {
  if (user_key === undefined) return units ?? {};
  return units ? { ...units, user_id: user_key } : { user_id: user_key };
};

/** Environment keys and numbers need no escaping. */
const responseText = (
  { user_id }: Units,
  environment: string,
  version: number,
  assignments: string,
  flags: string,
): string =>
  `{"user_key":${user_id === undefined ? "null" : JSON.stringify(user_id)},"environment":"${environment}","config_version":${version},"assignments":${assignments},"flags":${flags}}`;

/** Each name once, without the one that stands for all. */
const namesIn = (names: readonly string[] = []): string[] => [...new Set(names)].filter((name) => name !== ALL);

/** The array of all variants that the unit gets, where that is asked for, then of what is named and not among them. */
const assignmentsJson = (
  compiled: CompiledRuleset,
  names: readonly string[] | undefined,
  subject: EvaluateInput,
  isExplained: boolean,
): string => {
  if (!names || names.length === 0) return "[]";
  const assignmentJson = (name: string): string =>
    isExplained ? JSON.stringify(explainExperiment(compiled, name, subject)) : assignmentText(compiled, name, subject);
  const [first = ALL] = names;
  if (names.length === 1 && first !== ALL) return `[${assignmentJson(first)}]`;
  if (names.length === 1 && !isExplained) return assignmentsText(compiled, subject);

  const texts: string[] = [];
  const others = new Set(names);
  if (others.delete(ALL))
    for (const assignment of evaluateExperiments(compiled, subject)) {
      others.delete(assignment.experiment_key);
      others.delete(assignment.experiment_id ?? "");
      texts.push(isExplained ? assignmentJson(assignment.experiment_key) : JSON.stringify(assignment));
    }
  for (const name of others) texts.push(assignmentJson(name));
  return `[${texts.join(",")}]`;
};

/** The object of the flags by key: all that the caller may know, where that is asked for, then those that are named. */
const flagsJson = (
  compiled: CompiledRuleset,
  names: readonly string[] | undefined,
  subject: EvaluateInput,
  isExplained: boolean,
): string => {
  if (!names || names.length === 0) return "{}";
  const keys = new Set(names);
  if (keys.delete(ALL))
    for (const key of compiled.flagKeys)
      if (!subject.isClient || compiled.flag(key)?.is_server_only !== true) keys.add(key);
  if (!isExplained) return flagsText(compiled, keys, subject);
  const explained = [...keys].map((key) => [key, explainFlag(compiled, key, subject)] as const);
  return JSON.stringify(Object.fromEntries(explained));
};
