import type { UseQueryResult } from "@tanstack/solid-query";

/** What a query has, or the fallback while it has nothing; reading `data` itself would suspend the whole page. */
export const dataOr = <Data>(query: UseQueryResult<Data>, fallback: NoInfer<Data>): Data =>
  query.isPending || query.isLoadingError ? fallback : (query.data ?? fallback);
