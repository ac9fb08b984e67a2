import {
  apiKeysQuery,
  experimentQuery,
  experimentsQuery,
  flagQuery,
  flagsQuery,
  layersQuery,
  metricsQuery,
  queryClient,
} from "./queries.ts";

/** Starts fetching what a page shows first, before the page is there to ask for it. */
export const prefetch = {
  experiments: () => queryClient.prefetchQuery(experimentsQuery()),
  experiment: (key: string) => queryClient.prefetchQuery(experimentQuery(key)),
  flags: () => queryClient.prefetchQuery(flagsQuery()),
  flag: (key: string) => queryClient.prefetchQuery(flagQuery(key)),
  metrics: () => queryClient.prefetchQuery(metricsQuery()),
  layers: () => queryClient.prefetchQuery(layersQuery()),
  apiKeys: () => queryClient.prefetchQuery(apiKeysQuery()),
};
