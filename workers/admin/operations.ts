import { Allocation } from "../../contract/allocation.ts";
import { ApiKey, CreatedApiKey, NewApiKey } from "../../contract/api-key.ts";
import { AuditEvent } from "../../contract/audit-event.ts";
import { Audience, NewAudience } from "../../contract/audience.ts";
import { Environment, EnvironmentChange, NewEnvironment } from "../../contract/environment.ts";
import {
  AllocationChange,
  Experiment,
  ExperimentChange,
  NewExperiment,
  StatusChange,
} from "../../contract/experiment.ts";
import { Health } from "../../contract/health.ts";
import { JsonValue } from "../../contract/json.ts";
import { Layer, NewLayer } from "../../contract/layer.ts";
import { Ledger } from "../../contract/ledger.ts";
import { Metric, NewMetric } from "../../contract/metric.ts";
import { pageOf } from "../../contract/page.ts";
import { ProblemBody } from "../../contract/problem.ts";
import { ResultSnapshot } from "../../contract/result-snapshot.ts";
import { Results } from "../../contract/results.ts";
import { Credentials, Session, Setup } from "../../contract/session.ts";
import { Condition, Rule } from "../../contract/targeting.ts";
import { NewVariant, Variant } from "../../contract/variant.ts";

/** What may be sent, by the name that it has in the API's description. */
export const sent = {
  AllocationChange,
  Credentials,
  EnvironmentChange,
  ExperimentChange,
  NewApiKey,
  NewAudience,
  NewEnvironment,
  NewExperiment,
  NewLayer,
  NewMetric,
  NewVariant,
  Setup,
  StatusChange,
  Condition,
  JsonValue,
  Rule,
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
  Environment,
  EnvironmentPage: pageOf(Environment),
  Experiment,
  ExperimentPage: pageOf(Experiment),
  Health,
  Layer,
  LayerPage: pageOf(Layer),
  Ledger,
  Metric,
  MetricPage: pageOf(Metric),
  Problem: ProblemBody,
  ResultSnapshot,
  ResultSnapshotPage: pageOf(ResultSnapshot),
  Results,
  Session,
  Variant,
  VariantPage: pageOf(Variant),
  Condition,
  JsonValue,
  Rule,
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
  "GET /layers": { summary: "List layers, with who holds which buckets", answer: "LayerPage" },
  "POST /layers": { summary: "Make a layer, which keeps its experiments apart", status: 201, answer: "Layer" },
  "GET /layers/:key": { summary: "Show a layer", answer: "Layer" },
  "GET /metrics": { summary: "List metrics", answer: "MetricPage" },
  "POST /metrics": { summary: "Make a metric", status: 201, answer: "Metric" },
  "GET /metrics/:key": { summary: "Show a metric", answer: "Metric" },
  "GET /audiences": { summary: "List audiences", answer: "AudiencePage" },
  "POST /audiences": { summary: "Make an audience", status: 201, answer: "Audience" },
  "GET /audiences/:key": { summary: "Show an audience", answer: "Audience" },
  "GET /experiments": { summary: "List experiments, newest first", answer: "ExperimentPage" },
  "POST /experiments": { summary: "Make an experiment, as a draft", status: 201, answer: "Experiment" },
  "GET /experiments/:key": { summary: "Show an experiment", answer: "Experiment" },
  "PATCH /experiments/:key": {
    summary: "Change a draft; past draft only name, hypothesis and owner",
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
  "GET /api-keys": { summary: "List API keys, without their secrets", answer: "ApiKeyPage" },
  "POST /api-keys": { summary: "Make an API key, which is shown this once", status: 201, answer: "CreatedApiKey" },
  "DELETE /api-keys/:id": { summary: "Revoke an API key", answer: "ApiKey" },
  "GET /results/:key": { summary: "Analyse an experiment from its sums as they are now", answer: "Results" },
  "GET /results/:key/snapshots": { summary: "List what the results were, by the hour", answer: "ResultSnapshotPage" },
  "GET /ledger": { summary: "Account for every event that was received", answer: "Ledger" },
  "GET /audit-events": { summary: "List who changed what, newest first", answer: "AuditEventPage" },
};
