import type { ClientResponse } from "hono/client";
import type { CreatedApiKey, NewApiKey } from "../../contract/api-key.ts";
import type { Experiment, ExperimentChange, ExperimentStatus, NewExperiment } from "../../contract/experiment.ts";
import type { Flag, FlagChange, NewFlag } from "../../contract/flag.ts";
import type { NewLayer } from "../../contract/layer.ts";
import type { NewMetric } from "../../contract/metric.ts";
import { api, unwrap } from "./client.ts";
import { errorOf } from "./api-error.ts";

const LIMIT = "200";

/** Every page of a list, one after the other. Up to 200 things are one call. */
async function allPages<Item>(
  page: (cursor: { cursor?: string }) => Promise<{ items: Item[]; next_cursor: string | null }>,
): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | null = null;
  do {
    // oxlint-disable-next-line no-await-in-loop -- the next page's cursor is in this one
    const answer: { items: Item[]; next_cursor: string | null } = await page(cursor === null ? {} : { cursor });
    items.push(...answer.items);
    cursor = answer.next_cursor;
  } while (cursor !== null);
  return items;
}

export const getSession = (signal: AbortSignal) => unwrap(api.session.$get({}, { init: { signal } }));

/** Not `unwrap`: refused here, a password was wrong, and no session has ended. */
export async function signIn(email: string, password: string) {
  const response = await api.session.$post({ json: { email, password } });
  if (!response.ok) throw await errorOf(response);
  return response.json();
}

export async function signOut(): Promise<void> {
  const response = await api.session.$delete();
  if (!response.ok) throw await errorOf(response);
}

/** A payload is any JSON, and hono's type of "any JSON, sent as JSON" is not the same type: the contract's is given here. */
const anExperiment = (call: Promise<ClientResponse<unknown, number>>) => unwrap(call) as Promise<Experiment>;

export const listExperiments = (signal: AbortSignal) =>
  allPages(
    (cursor) =>
      unwrap(api.experiments.$get({ query: { limit: LIMIT, ...cursor } }, { init: { signal } })) as Promise<{
        items: Experiment[];
        next_cursor: string | null;
      }>,
  );

export const getExperiment = (key: string, signal: AbortSignal) =>
  anExperiment(api.experiments[":key"].$get({ param: { key } }, { init: { signal } }));

export const createExperiment = (json: NewExperiment) => anExperiment(api.experiments.$post({ query: {}, json }));

/** Finds every mistake without making anything. */
export const checkExperiment = (json: NewExperiment) =>
  unwrap(api.experiments.$post({ query: { dry_run: "1" }, json }));

const ifMatch = ({ revision }: Pick<Experiment, "revision">) => ({ headers: { "if-match": `"${revision}"` } });

/** Changes a draft, unless it is not any more what the caller has seen. */
export const changeExperiment = (experiment: Pick<Experiment, "key" | "revision">, json: ExperimentChange) =>
  anExperiment(
    api.experiments[":key"].$patch({ param: { key: experiment.key }, query: {}, json }, ifMatch(experiment)),
  );

/** Finds every mistake of a change without making it. */
export const checkChange = (experiment: Pick<Experiment, "key" | "revision">, json: ExperimentChange) =>
  anExperiment(
    api.experiments[":key"].$patch(
      { param: { key: experiment.key }, query: { dry_run: "1" }, json },
      ifMatch(experiment),
    ),
  );

/** Moves an experiment on, unless it is not any more what the caller has seen. */
export const setStatus = (experiment: Pick<Experiment, "key" | "revision">, status: ExperimentStatus) =>
  anExperiment(
    api.experiments[":key"].status.$patch(
      { param: { key: experiment.key }, query: {}, json: { status } },
      ifMatch(experiment),
    ),
  );

/** With a dimension, its segments are among the results. */
export const getResults = (key: string, environment: string, dimension: string | undefined, signal: AbortSignal) =>
  unwrap(
    api.results[":key"].$get(
      { param: { key }, query: { environment, ...(dimension === undefined ? {} : { dimension }) } },
      { init: { signal } },
    ),
  );

export const getLive = (key: string, environment: string, signal: AbortSignal) =>
  unwrap(api.experiments[":key"].live.$get({ param: { key }, query: { environment } }, { init: { signal } }));

export const listMetrics = (signal: AbortSignal) =>
  allPages((cursor) => unwrap(api.metrics.$get({ query: { limit: LIMIT, ...cursor } }, { init: { signal } })));

export const createMetric = (json: NewMetric) => unwrap(api.metrics.$post({ query: {}, json }));

export const listLayers = (signal: AbortSignal) =>
  allPages((cursor) => unwrap(api.layers.$get({ query: { limit: LIMIT, ...cursor } }, { init: { signal } })));

export const createLayer = (json: NewLayer) => unwrap(api.layers.$post({ query: {}, json }));

export const listAudiences = (signal: AbortSignal) =>
  allPages((cursor) => unwrap(api.audiences.$get({ query: { limit: LIMIT, ...cursor } }, { init: { signal } })));

export const listEnvironments = (signal: AbortSignal) =>
  allPages((cursor) => unwrap(api.environments.$get({ query: { limit: LIMIT, ...cursor } }, { init: { signal } })));

export const listApiKeys = (signal: AbortSignal) =>
  allPages((cursor) => unwrap(api["api-keys"].$get({ query: { limit: LIMIT, ...cursor } }, { init: { signal } })));

/** Not a dry run, so its answer has the secret. */
export const createApiKey = (json: NewApiKey) =>
  unwrap(api["api-keys"].$post({ query: {}, json })) as Promise<CreatedApiKey>;

export const revokeApiKey = (id: string) => unwrap(api["api-keys"][":id"].$delete({ param: { id }, query: {} }));

/** A flag's values are any JSON, as payloads are. */
const aFlag = (call: Promise<ClientResponse<unknown, number>>) => unwrap(call) as Promise<Flag>;

export const listFlags = (signal: AbortSignal) =>
  allPages(
    (cursor) =>
      unwrap(api.flags.$get({ query: { limit: LIMIT, ...cursor } }, { init: { signal } })) as Promise<{
        items: Flag[];
        next_cursor: string | null;
      }>,
  );

export const getFlag = (key: string, signal: AbortSignal) =>
  aFlag(api.flags[":key"].$get({ param: { key } }, { init: { signal } }));

export const createFlag = (json: NewFlag) => aFlag(api.flags.$post({ query: {}, json }));

/** Changes a flag, unless it is not any more what the caller has seen. */
export const changeFlag = (flag: Pick<Flag, "key" | "revision">, json: FlagChange) =>
  aFlag(
    api.flags[":key"].$patch(
      { param: { key: flag.key }, query: {}, json },
      { headers: { "if-match": `"${flag.revision}"` } },
    ),
  );

/** Whatever the flag has become: a kill switch does not ask. */
export const switchFlag = (key: string, environment: string, enabled: boolean) =>
  aFlag(
    api.flags[":key"].environments[":environment"].$patch({
      param: { key, environment },
      query: {},
      json: { enabled },
    }),
  );
