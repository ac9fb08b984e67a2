import { Allocation } from "../../contract/allocation.ts";
import { ApiKey, CreatedApiKey, NewApiKey } from "../../contract/api-key.ts";
import { AuditEvent } from "../../contract/audit-event.ts";
import { Audience, AudienceChange, NewAudience } from "../../contract/audience.ts";
import { DeadLetterPage, DeadLetterReplay, ReplayedDeadLetters } from "../../contract/dead-letter.ts";
import { Environment, EnvironmentChange, NewEnvironment } from "../../contract/environment.ts";
import {
  AllocationChange,
  Experiment,
  ExperimentChange,
  NewExperiment,
  NewPhase,
  Phase,
  StatusChange,
} from "../../contract/experiment.ts";
import { EventTail } from "../../contract/event-tail.ts";
import { Flag, FlagChange, FlagSwitch, NewFlag, NewFlagRule } from "../../contract/flag.ts";
import { Health } from "../../contract/health.ts";
import { Holdout, HoldoutChange, NewHoldout } from "../../contract/holdout.ts";
import { JsonValue } from "../../contract/json.ts";
import { Layer, NewLayer } from "../../contract/layer.ts";
import { Ledger } from "../../contract/ledger.ts";
import { ExperimentSums, Live } from "../../contract/live.ts";
import { Metric, NewMetric } from "../../contract/metric.ts";
import { NewOverride, Override } from "../../contract/override.ts";
import { pageOf } from "../../contract/page.ts";
import { Prerequisite } from "../../contract/prerequisite.ts";
import { ProblemBody } from "../../contract/problem.ts";
import { NewReplay, Replay, ReplayList, UnitDeletion } from "../../contract/replay.ts";
import { ResultSnapshot } from "../../contract/result-snapshot.ts";
import { Results } from "../../contract/results.ts";
import { Rollback, RolledBack, RulesetVersions } from "../../contract/ruleset-version.ts";
import { Credentials, Session, Setup } from "../../contract/session.ts";
import { Condition, Rule, SimpleCondition } from "../../contract/targeting.ts";
import { NewVariant, Variant } from "../../contract/variant.ts";

/** What may be sent, by the name that it has in the API's description. */
export const sent = {
  AllocationChange,
  AudienceChange,
  Credentials,
  DeadLetterReplay,
  EnvironmentChange,
  ExperimentChange,
  FlagChange,
  FlagSwitch,
  HoldoutChange,
  NewApiKey,
  NewAudience,
  NewEnvironment,
  NewExperiment,
  NewFlag,
  NewFlagRule,
  NewHoldout,
  NewLayer,
  NewMetric,
  NewOverride,
  NewPhase,
  NewReplay,
  NewVariant,
  Rollback,
  Setup,
  StatusChange,
  Condition,
  JsonValue,
  Prerequisite,
  Rule,
  SimpleCondition,
};

/** What is answered, by name. */
export const answered = {
  Allocation,
  ApiKey,
  ApiKeyPage: pageOf(ApiKey),
  AuditEvent,
  AuditEventPage: pageOf(AuditEvent),
  Audience,
  AudiencePage: pageOf(Audience),
  CreatedApiKey,
  DeadLetterPage,
  Environment,
  EnvironmentPage: pageOf(Environment),
  EventTail,
  Experiment,
  ExperimentPage: pageOf(Experiment),
  ExperimentSums,
  Flag,
  FlagPage: pageOf(Flag),
  Health,
  Holdout,
  HoldoutPage: pageOf(Holdout),
  Layer,
  LayerPage: pageOf(Layer),
  Ledger,
  Live,
  Metric,
  MetricPage: pageOf(Metric),
  Override,
  OverridePage: pageOf(Override),
  Phase,
  PhasePage: pageOf(Phase),
  Problem: ProblemBody,
  Replay,
  ReplayList,
  ResultSnapshot,
  ResultSnapshotPage: pageOf(ResultSnapshot),
  ReplayedDeadLetters,
  Results,
  RolledBack,
  RulesetVersions,
  Session,
  UnitDeletion,
  Variant,
  VariantPage: pageOf(Variant),
  Condition,
  JsonValue,
  Prerequisite,
  Rule,
  SimpleCondition,
};

export interface Operation {
  readonly summary: string;
  /** The status of success, 200 unless it says another. */
  readonly status?: 201 | 204;
  readonly answer?: keyof typeof answered;
}

/** Every route under /api/v1 in words, and what it answers. What it takes is read off the route itself. */
export const operations: Readonly<Record<string, Operation>> = {
  "GET /health": { summary: "Whether the API can do its work", answer: "Health" },
  "GET /openapi.json": { summary: "This description" },
  "POST /setup": { summary: "Make the first administrator, once", status: 201, answer: "Session" },
  "POST /session": { summary: "Sign in", status: 201, answer: "Session" },
  "GET /session": { summary: "Who is signed in", answer: "Session" },
  "DELETE /session": { summary: "Sign out", status: 204 },
  "GET /environments": { summary: "List environments", answer: "EnvironmentPage" },
  "POST /environments": { summary: "Make an environment", status: 201, answer: "Environment" },
  "GET /environments/:key": { summary: "Show an environment", answer: "Environment" },
  "PATCH /environments/:key": { summary: "Rename an environment, or switch it on or off", answer: "Environment" },
  "GET /environments/:key/versions": {
    summary: "List the published rulesets of an environment, newest first",
    answer: "RulesetVersions",
  },
  "POST /environments/:key/rollback": {
    summary: "Publish the definitions of an old ruleset as a new one, until a definition changes",
    status: 201,
    answer: "RolledBack",
  },
  "GET /environments/:key/events/tail": {
    summary: "Show the last events, or each as it comes to whoever asks for a WebSocket",
    answer: "EventTail",
  },
  "GET /environments/:environment/dead-letters": {
    summary: "List the messages that could not be counted",
    answer: "DeadLetterPage",
  },
  "POST /environments/:environment/dead-letters/replay": {
    summary: "Try messages again that could not be counted",
    answer: "ReplayedDeadLetters",
  },
  "GET /environments/:environment/replays": {
    summary: "List the replays of an environment, newest first",
    answer: "ReplayList",
  },
  "GET /environments/:environment/replays/:id": { summary: "Show how far a replay is", answer: "Replay" },
  "POST /environments/:environment/replays": {
    summary: "Count the archive once more and compare, or move the environment to another number of shards",
    status: 201,
    answer: "Replay",
  },
  "DELETE /units/:type/:id": { summary: "Delete all that is stored of a unit", answer: "UnitDeletion" },
  "GET /layers": { summary: "List layers, with who holds which buckets", answer: "LayerPage" },
  "POST /layers": { summary: "Make a layer, which keeps its experiments apart", status: 201, answer: "Layer" },
  "GET /layers/:key": { summary: "Show a layer", answer: "Layer" },
  "GET /metrics": { summary: "List metrics", answer: "MetricPage" },
  "POST /metrics": { summary: "Make a metric", status: 201, answer: "Metric" },
  "GET /metrics/:key": { summary: "Show a metric", answer: "Metric" },
  "GET /audiences": { summary: "List audiences", answer: "AudiencePage" },
  "POST /audiences": { summary: "Make an audience", status: 201, answer: "Audience" },
  "GET /audiences/:key": { summary: "Show an audience", answer: "Audience" },
  "PATCH /audiences/:key": {
    summary: "Change an audience, unless it targets a running or paused experiment",
    answer: "Audience",
  },
  "GET /experiments": { summary: "List experiments, newest first", answer: "ExperimentPage" },
  "POST /experiments": { summary: "Make an experiment, as a draft", status: 201, answer: "Experiment" },
  "GET /experiments/:key": { summary: "Show an experiment", answer: "Experiment" },
  "PATCH /experiments/:key": {
    summary: "Change a draft; past draft only name, hypothesis, owner and ends_at",
    answer: "Experiment",
  },
  "PATCH /experiments/:key/status": {
    summary: "Start, pause, resume, complete or archive an experiment",
    answer: "Experiment",
  },
  "GET /experiments/:key/variants": { summary: "List the variants of an experiment", answer: "VariantPage" },
  "GET /experiments/:key/allocations": { summary: "Show the buckets of an experiment", answer: "Allocation" },
  "PUT /experiments/:key/allocations": {
    summary: "Change the buckets of a draft, or grow those of a started experiment in a new phase",
    answer: "Allocation",
  },
  "GET /experiments/:key/live": { summary: "Show what has been counted of an experiment up to now", answer: "Live" },
  "GET /experiments/:key/sums": {
    summary: "Show the running sums of one kind that an experiment's results are made of",
    answer: "ExperimentSums",
  },
  "GET /flags": { summary: "List flags, newest first", answer: "FlagPage" },
  "POST /flags": { summary: "Make a flag", status: 201, answer: "Flag" },
  "GET /flags/:key": { summary: "Show a flag", answer: "Flag" },
  "PATCH /flags/:key": { summary: "Change a flag, archive it or bring it back", answer: "Flag" },
  "PATCH /flags/:key/environments/:environment": {
    summary: "Switch a flag on or off in an environment at once",
    answer: "Flag",
  },
  "GET /holdouts": { summary: "List holdouts", answer: "HoldoutPage" },
  "POST /holdouts": {
    summary: "Keep a share of the units out of experiments and flags",
    status: 201,
    answer: "Holdout",
  },
  "GET /holdouts/:key": { summary: "Show a holdout", answer: "Holdout" },
  "PATCH /holdouts/:key": { summary: "Change a holdout's share, or what it covers", answer: "Holdout" },
  "DELETE /holdouts/:key": { summary: "Let the units of a holdout in again", status: 204 },
  "GET /overrides": { summary: "List overrides, newest first", answer: "OverridePage" },
  "POST /overrides": {
    summary: "Give a unit a chosen variant or value, in place of the one it was given before",
    status: 201,
    answer: "Override",
  },
  "DELETE /overrides/:id": { summary: "Delete an override, so that the unit is decided like any other", status: 204 },
  "GET /experiments/:key/phases": {
    summary: "List the phases of an experiment, with what held in each",
    answer: "PhasePage",
  },
  "POST /experiments/:key/phases": {
    summary: "Begin a new phase of a started experiment, with other weights, traffic or targeting, or a new salt",
    status: 201,
    answer: "Phase",
  },
  "GET /api-keys": { summary: "List API keys, without their secrets", answer: "ApiKeyPage" },
  "POST /api-keys": { summary: "Make an API key, which is shown this once", status: 201, answer: "CreatedApiKey" },
  "DELETE /api-keys/:id": { summary: "Revoke an API key", answer: "ApiKey" },
  "GET /results/:key": { summary: "Analyse an experiment from its sums as they are now", answer: "Results" },
  "GET /results/:key/snapshots": { summary: "List what the results were, by the hour", answer: "ResultSnapshotPage" },
  "GET /ledger": { summary: "Account for every event that was received", answer: "Ledger" },
  "GET /audit-events": { summary: "List who changed what, newest first", answer: "AuditEventPage" },
};
