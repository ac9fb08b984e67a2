import { QueryClient, queryOptions } from "@tanstack/solid-query";
import {
  getExperiment,
  getFlag,
  getLive,
  getResults,
  getSession,
  listApiKeys,
  listAudiences,
  listEnvironments,
  listExperiments,
  listFlags,
  listLayers,
  listMetrics,
} from "./admin.ts";
import { asApiError } from "./api-error.ts";

/** Server state of the whole dashboard. Only what may get better by itself is tried again: no answer, and 5xx. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5000,
      networkMode: "always",
      retry: (failures, error) => {
        const { status } = asApiError(error);
        return failures < 2 && (status === 0 || status >= 500);
      },
      retryDelay: (failures) => 500 * 2 ** failures,
    },
    mutations: { networkMode: "always", retry: false },
  },
});

const POLL_MS = 10_000;
const LIVE_POLL_MS = 2_000;

export const sessionQuery = () =>
  queryOptions({ queryKey: ["session"], queryFn: ({ signal }) => getSession(signal), staleTime: 300_000 });

export const experimentsQuery = () =>
  queryOptions({
    queryKey: ["experiments"],
    queryFn: ({ signal }) => listExperiments(signal),
    reconcile: "id",
  });

/** What is live may be paused or ended by somebody else, so it is asked for as often as its results are. */
export const experimentQuery = (key: string) =>
  queryOptions({
    queryKey: ["experiments", key],
    queryFn: ({ signal }) => getExperiment(key, signal),
    refetchInterval: ({ state: { data } }) =>
      data?.status === "running" || data?.status === "paused" ? POLL_MS : false,
    reconcile: "id",
  });

/** Live numbers: asked for again every 10 s while `live` and the tab is looked at. A dimension's segments are more to read, so only on demand. */
export const resultsQuery = (key: string, environment: string, live: boolean, dimension?: string) =>
  queryOptions({
    queryKey: ["results", key, environment, dimension ?? ""],
    queryFn: ({ signal }) => getResults(key, environment, dimension, signal),
    refetchInterval: live ? POLL_MS : false,
    reconcile: "key",
  });

/** Counts to watch: asked for again every 2 s while they may grow and the tab is looked at. */
export const liveQuery = (key: string, environment: string, live: boolean) =>
  queryOptions({
    queryKey: ["live", key, environment],
    queryFn: ({ signal }) => getLive(key, environment, signal),
    refetchInterval: live ? LIVE_POLL_MS : false,
    staleTime: 0,
    reconcile: "key",
  });

/** Flags are switched in a hurry and by several people: a switch must show what is. */
export const flagsQuery = () =>
  queryOptions({
    queryKey: ["flags"],
    queryFn: ({ signal }) => listFlags(signal),
    refetchInterval: POLL_MS,
    reconcile: "id",
  });

export const flagQuery = (key: string) =>
  queryOptions({
    queryKey: ["flags", key],
    queryFn: ({ signal }) => getFlag(key, signal),
    refetchInterval: POLL_MS,
    reconcile: "id",
  });

export const metricsQuery = () =>
  queryOptions({ queryKey: ["metrics"], queryFn: ({ signal }) => listMetrics(signal), reconcile: "id" });

export const layersQuery = () =>
  queryOptions({ queryKey: ["layers"], queryFn: ({ signal }) => listLayers(signal), reconcile: "id" });

export const audiencesQuery = () =>
  queryOptions({ queryKey: ["audiences"], queryFn: ({ signal }) => listAudiences(signal), reconcile: "id" });

export const environmentsQuery = () =>
  queryOptions({ queryKey: ["environments"], queryFn: ({ signal }) => listEnvironments(signal), reconcile: "id" });

export const apiKeysQuery = () =>
  queryOptions({ queryKey: ["api-keys"], queryFn: ({ signal }) => listApiKeys(signal), reconcile: "id" });
