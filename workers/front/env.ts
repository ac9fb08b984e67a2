/** See the root wrangler.toml. */
export interface Env {
  /** The dashboard. */
  readonly ASSETS: Fetcher;
  readonly DECIDE: Fetcher;
  readonly INGEST: Fetcher;
  readonly ADMIN: Fetcher;
  readonly EXAMPLE_SHOP: Fetcher;
}
