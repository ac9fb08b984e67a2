import { ApiError, type Call, type Route } from "./api-route.ts";
import type { Account, Script } from "./cloudflare-account.ts";
import { ASSETS_COMPLETE, Refusal, uploadWorker } from "./worker-upload.ts";

const scriptOf = (account: Account, name: string): Script => {
  const script = account.scripts.get(name);
  if (!script) throw new ApiError(404, 10007, "This Worker does not exist on your account.");
  return script;
};

/** Workers: their code, assets, secrets, crons and addresses. The upload of those in `failing` is refused. */
export const workerRoutes = (account: Account, failing: ReadonlySet<string>): readonly Route[] => {
  const upload = async ({ params: [name = ""], form }: Call): Promise<unknown> => {
    if (failing.has(name))
      throw new ApiError(400, 10021, "Uncaught Error: the stand-in was told to refuse this Worker");
    try {
      const id = await uploadWorker(account, name, await form());
      return {
        id,
        deployment_id: id.replaceAll("-", ""),
        etag: id,
        startup_time_ms: 1,
        resources: { script: { etag: id } },
      };
    } catch (error) {
      if (error instanceof Refusal) throw new ApiError(400, error.code, error.message);
      throw error;
    }
  };

  return [
    [
      "GET",
      "/workers/subdomain",
      () => {
        if (account.subdomain === undefined) throw new ApiError(404, 10007, "There is no workers.dev subdomain");
        return { subdomain: account.subdomain };
      },
    ],
    [
      "GET",
      "/workers/services/*",
      ({ params: [name = ""] }) => {
        const { tag, migrationTag } = scriptOf(account, name);
        return {
          default_environment: {
            environment: "production",
            script: { tag, tags: [], migration_tag: migrationTag, last_deployed_from: "wrangler" },
          },
        };
      },
    ],
    [
      "GET",
      "/workers/workers/*",
      ({ params: [name = ""] }) => ({ subdomain: { enabled: scriptOf(account, name).onWorkersDev } }),
    ],
    [
      "POST",
      "/workers/scripts/*/assets-upload-session",
      async ({ json }) => {
        const { manifest } = (await json()) as { manifest: Record<string, { hash: string }> };
        const missing = [...new Set(Object.values(manifest).map(({ hash }) => hash))].filter(
          (hash) => !account.assets.has(hash),
        );
        return {
          jwt: missing.length === 0 ? ASSETS_COMPLETE : "assets-session",
          buckets: missing.length === 0 ? [] : [missing],
        };
      },
    ],
    [
      "POST",
      "/workers/assets/upload",
      async ({ form }) => {
        for (const hash of (await form()).keys()) account.assets.add(hash);
        return { jwt: ASSETS_COMPLETE };
      },
    ],
    ["PUT", "/workers/scripts/*", upload],
    ["POST", "/workers/scripts/*/versions", upload],
    [
      "GET",
      "/workers/scripts/*/deployments",
      ({ params: [name = ""] }) => {
        const version_id = scriptOf(account, name).versions.at(-1);
        return { deployments: [{ id: version_id, versions: [{ version_id, percentage: 100 }] }] };
      },
    ],
    [
      "POST",
      "/workers/scripts/*/deployments",
      ({ params: [name = ""] }) => ({ id: scriptOf(account, name).versions.at(-1) }),
    ],
    [
      "GET",
      "/workers/scripts/*/settings",
      ({ params: [name = ""] }) => ({ bindings: scriptOf(account, name).bindings }),
    ],
    ["PATCH", "/workers/scripts/*/script-settings", () => ({})],
    [
      "GET",
      "/workers/scripts/*/secrets",
      ({ params: [name = ""] }) =>
        [...scriptOf(account, name).secrets.keys()].map((secret) => ({ name: secret, type: "secret_text" })),
    ],
    [
      "PUT",
      "/workers/scripts/*/schedules",
      async ({ params: [name = ""], json }) => {
        scriptOf(account, name).crons = ((await json()) as { cron: string }[]).map(({ cron }) => cron);
        return {};
      },
    ],
    [
      "POST",
      "/workers/scripts/*/subdomain",
      async ({ params: [name = ""], json }) => {
        const { enabled } = (await json()) as { enabled: boolean };
        scriptOf(account, name).onWorkersDev = enabled;
        return { enabled, previews_enabled: enabled };
      },
    ],
  ];
};
