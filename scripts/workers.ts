/** The five Workers in the order of their bindings: each binds only to those before it. */
export const workers = [
  { name: "edgeworth-decide", config: "workers/decide/wrangler.toml" },
  { name: "edgeworth-ingest", config: "workers/ingest/wrangler.toml" },
  { name: "edgeworth-split-url", config: "workers/split-url/wrangler.toml" },
  { name: "edgeworth-admin", config: "workers/admin/wrangler.toml" },
  { name: "edgeworth", config: "wrangler.toml" },
] as const;
