import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inRoot } from "../../scripts/root.ts";
import { workers } from "../../scripts/workers.ts";
import { addDatabase, addNamespace, anAccount, inventoryOf } from "./cloudflare-account.ts";
import { type CloudflareApi, startCloudflareApi } from "./cloudflare-api.ts";
import { makeScratchProject, type Outcome, type ScratchProject, signedInTo } from "./scratch-project.ts";

// The real wrangler against a stand-in for Cloudflare's API. A deploy starts wrangler some twenty times.
const LONG = 240_000;
const names = workers.map(({ name }) => name);

let project: ScratchProject;
const apis: CloudflareApi[] = [];
const startApi = async (account = anAccount()): Promise<CloudflareApi> => {
  const api = await startCloudflareApi(account);
  apis.push(api);
  return api;
};

beforeAll(() => {
  project = makeScratchProject();
}, LONG);

afterAll(async () => {
  await Promise.all(apis.map((api) => api.close()));
  project.remove();
});

const appliedMigrations = (api: CloudflareApi): unknown[] =>
  [...api.account.databases.values()].flatMap(({ sqlite }) =>
    sqlite
      .prepare("SELECT name FROM d1_migrations ORDER BY id")
      .all()
      .map(({ name }) => name),
  );

/** The Workers whose code was uploaded, in that order. */
const uploadsIn = (requests: readonly string[]): string[] =>
  requests.flatMap((request) => /^(?:PUT|POST) \/workers\/scripts\/([^/]+)(?:\/versions)?$/.exec(request)?.[1] ?? []);

describe("npm run deploy", { timeout: LONG }, () => {
  describe("on an empty account", () => {
    const secret = "first-setup-token-of-the-test";
    let api: CloudflareApi;
    let first: Outcome;
    beforeAll(async () => {
      api = await startApi();
      first = await project.deploy([], { ...signedInTo(api), SETUP_TOKEN: secret });
    }, LONG);

    it("succeeds, and asks Cloudflare nothing that the stand-in does not know", () => {
      expect(first.output).toContain("Deployed: https://edgeworth.example.workers.dev");
      expect(first.code).toBe(0);
      expect(api.unknown).toEqual([]);
    });

    it("creates the database, the namespace, the bucket and the queues", () => {
      const { databases, namespaces, buckets, queues } = inventoryOf(api.account);
      expect(databases).toEqual([expect.stringMatching(/^edgeworth /)]);
      expect(namespaces).toEqual([expect.stringMatching(/^edgeworth-rules /)]);
      expect(buckets).toEqual(["edgeworth-archive"]);
      expect(queues).toEqual([
        expect.stringMatching(/^edgeworth-events /),
        expect.stringMatching(/^edgeworth-events-dead /),
      ]);
    });

    it("applies every migration", () => {
      const files = readdirSync(inRoot("d1", "migrations")).filter((file) => file.endsWith(".sql"));
      expect(appliedMigrations(api)).toEqual(files.toSorted());
    });

    it("uploads the Workers in the order of their bindings", () => {
      expect(uploadsIn(api.requests)).toEqual(names);
    });

    it("binds every Worker to the account's own resources", () => {
      const [databaseId, namespaceId] = [[...api.account.databases.keys()][0], [...api.account.namespaces.keys()][0]];
      const bindings = names.flatMap((name) => api.account.scripts.get(name)?.bindings ?? []);
      expect(bindings.filter(({ type }) => type === "d1").map((binding) => binding["id"])).toEqual([databaseId]);
      const bound = bindings.filter(({ type }) => type === "kv_namespace").map((binding) => binding["namespace_id"]);
      expect(bound.length).toBeGreaterThan(0);
      expect(new Set(bound)).toEqual(new Set([namespaceId]));
    });

    it("makes the durable objects in their home and binds the other Workers to them there", () => {
      expect([...(api.account.scripts.get("edgeworth-decide")?.classes ?? [])]).toEqual(["RulesetPublisher"]);
      expect([...(api.account.scripts.get("edgeworth-ingest")?.classes ?? [])]).toEqual([
        "UnitShard",
        "EventTail",
        "Replay",
      ]);
      const homes = api.account.scripts
        .get("edgeworth-admin")
        ?.bindings.filter(({ type }) => type === "durable_object_namespace")
        .map((binding) => [binding["class_name"], binding["script_name"]]);
      expect(homes).toEqual([
        ["RulesetPublisher", "edgeworth-decide"],
        ["UnitShard", "edgeworth-ingest"],
        ["EventTail", "edgeworth-ingest"],
        ["Replay", "edgeworth-ingest"],
      ]);
    });

    it("makes ingest the consumer of both queues, with what it gives up on going to the dead-letter queue", () => {
      const consumers = [...api.account.queues.values()].flatMap(({ name, consumers }) =>
        consumers.map(({ script, settings, dead_letter_queue }) => ({ name, script, settings, dead_letter_queue })),
      );
      expect(consumers.toSorted((a, b) => a.name.localeCompare(b.name))).toEqual([
        {
          name: "edgeworth-events",
          script: "edgeworth-ingest",
          settings: { batch_size: 100, max_wait_time_ms: 2000, max_retries: 30, retry_delay: 5 },
          dead_letter_queue: "edgeworth-events-dead",
        },
        {
          name: "edgeworth-events-dead",
          script: "edgeworth-ingest",
          settings: { batch_size: 100, max_wait_time_ms: 5000, max_retries: 100, retry_delay: 60 },
          dead_letter_queue: undefined,
        },
      ]);
    });

    it("sets the crons, and the secret with the upload of the admin Worker", () => {
      const admin = api.account.scripts.get("edgeworth-admin");
      expect(admin?.crons).toEqual(["* * * * *", "0 * * * *"]);
      expect(admin?.secrets).toEqual(new Map([["SETUP_TOKEN", secret]]));
      expect(admin?.versions).toHaveLength(1);
    });

    it("says how to make the first administrator, without the secret", () => {
      expect(first.output).toContain("https://edgeworth.example.workers.dev/api/v1/setup");
      expect(first.output).not.toContain(secret);
    });

    it("leaves no temporary file", () => {
      expect(project.leftovers()).toEqual([]);
    });

    describe("and once more", () => {
      let second: Outcome;
      let before: ReturnType<typeof inventoryOf>;
      let requests: string[];
      beforeAll(async () => {
        before = inventoryOf(api.account);
        const done = api.requests.length;
        second = await project.deploy([], signedInTo(api));
        requests = api.requests.slice(done);
      }, LONG);

      it("succeeds without asking for the secret", () => {
        expect(second.output).toContain("Deployed: https://edgeworth.example.workers.dev");
        expect(second.output).not.toContain("/api/v1/setup");
        expect(second.code).toBe(0);
        expect(api.unknown).toEqual([]);
      });

      it("creates nothing and replaces no secret", () => {
        expect(inventoryOf(api.account)).toEqual(before);
        expect(requests).not.toContainEqual(
          expect.stringMatching(
            /^POST \/(?:d1\/database|storage\/kv\/namespaces|r2\/buckets|queues)$|^POST .*\/consumers$/,
          ),
        );
        expect(api.account.scripts.get("edgeworth-admin")?.secrets).toEqual(new Map([["SETUP_TOKEN", secret]]));
      });

      it("applies no migration twice, and uploads a second version of every Worker", () => {
        expect(new Set(appliedMigrations(api)).size).toBe(appliedMigrations(api).length);
        expect(uploadsIn(requests)).toEqual(names);
        for (const name of names) expect(api.account.scripts.get(name)?.versions).toHaveLength(2);
      });
    });

    describe("and with a new SETUP_TOKEN while Cloudflare refuses the last Worker", () => {
      const replacement = "second-setup-token-of-the-test";
      let refused: Outcome;
      beforeAll(async () => {
        api.failing.add("edgeworth");
        refused = await project.deploy([], { ...signedInTo(api), SETUP_TOKEN: replacement });
      }, LONG);

      it("ends with exit code 1, the Worker's name and Cloudflare's reason", () => {
        expect(refused.output).toContain("edgeworth does not deploy:");
        expect(refused.output).toContain("the stand-in was told to refuse this Worker");
        expect(refused.output).not.toContain("Deployed:");
        expect(refused.code).toBe(1);
      });

      it("has replaced the secret, and shows neither", () => {
        expect(api.account.scripts.get("edgeworth-admin")?.secrets).toEqual(new Map([["SETUP_TOKEN", replacement]]));
        expect(refused.output).not.toContain(secret);
        expect(refused.output).not.toContain(replacement);
      });

      it("leaves no temporary file", () => {
        expect(project.leftovers()).toEqual([]);
      });
    });

    it("leaves no temporary file when it is stopped while the secret is in one", async () => {
      let seen: string[] = [];
      const stopped = await project.deploy(
        [],
        { ...signedInTo(api), SETUP_TOKEN: "third-setup-token-of-the-test" },
        () => {
          seen = project.leftovers();
          return seen.length > 1;
        },
      );
      expect(seen).toEqual(["workers/admin/wrangler.deploy.toml", expect.stringMatching(/^edgeworth-.*\.json$/)]);
      expect(stopped.code).toBe(130);
      expect(project.leftovers()).toEqual([]);
    });
  });

  describe("on an account that has some of it", () => {
    let api: CloudflareApi;
    let outcome: Outcome;
    let databaseId: string;
    beforeAll(async () => {
      const account = { ...anAccount(), subdomain: undefined };
      databaseId = addDatabase(account, "edgeworth");
      addDatabase(account, "edgeworth-staging");
      // A longer list than one page, with names that only begin alike.
      for (let i = 0; i < 120; i++) addNamespace(account, `edgeworth-rules-${i}`);
      account.buckets.add("edgeworth-archive");
      api = await startApi(account);
      outcome = await project.deploy([], { ...signedInTo(api), SETUP_TOKEN: "fourth-setup-token-of-the-test" });
    }, LONG);

    it("uses what is there and creates only the rest", () => {
      const created = api.requests.filter((request) =>
        /^POST \/(?:d1\/database|storage\/kv\/namespaces|r2\/buckets|queues)$/.test(request),
      );
      expect(created).toEqual(["POST /storage/kv/namespaces", "POST /queues", "POST /queues"]);
      expect([...api.account.namespaces.values()].filter((title) => title === "edgeworth-rules")).toHaveLength(1);
      expect(api.requests).toContain(`POST /d1/database/${databaseId}/query`);
    });

    it("says what to do when the account has no workers.dev subdomain yet", () => {
      expect(outcome.output).toContain("edgeworth does not deploy:");
      expect(outcome.output).toContain(`https://dash.cloudflare.com/${api.account.id}/workers/onboarding`);
      expect(outcome.code).toBe(1);
    });
  });

  describe("when it cannot begin", () => {
    it("says how to sign in", async () => {
      const { code, output } = await project.deploy([]);
      expect(output).toContain("Not signed in to Cloudflare. Run `npx wrangler login`, or set CLOUDFLARE_API_TOKEN");
      expect(code).toBe(1);
    });

    it("names what it does not know", async () => {
      const { code, output } = await project.deploy(["--dry-rnu"]);
      expect(output.trim()).toBe("npm run deploy knows only --dry-run, not --dry-rnu.");
      expect(code).toBe(1);
    });

    it("asks for the secret before it creates anything", async () => {
      const api = await startApi();
      const { code, output } = await project.deploy([], signedInTo(api));
      expect(output).toContain("Run again as: SETUP_TOKEN=<20 to 200 random characters> npm run deploy");
      expect(code).toBe(1);
      expect(api.requests.filter((request) => !request.startsWith("GET "))).toEqual([]);
    });

    it("refuses a secret that is easy to guess, and does not repeat it", async () => {
      const api = await startApi();
      const { code, output } = await project.deploy([], { ...signedInTo(api), SETUP_TOKEN: "sesame" });
      expect(output).toContain("SETUP_TOKEN must have 20 to 200 characters.");
      expect(output).not.toContain("sesame");
      expect(code).toBe(1);
    });

    it("does not take a refused token for an account without the Worker", async () => {
      const api = await startApi();
      const { code, output } = await project.deploy([], { ...signedInTo(api), CLOUDFLARE_API_TOKEN: "expired" });
      expect(output).toContain("The admin Worker's secrets cannot be listed:");
      expect(output).toContain("Authentication error");
      expect(code).toBe(1);
    });
  });
});

describe("npm run deploy -- --dry-run", { timeout: LONG }, () => {
  // Whatever goes to the network goes to a closed port.
  const offline = { HTTP_PROXY: "http://127.0.0.1:9", HTTPS_PROXY: "http://127.0.0.1:9" };

  it("bundles every Worker with no account and no network", async () => {
    const { code, output } = await project.deploy(["--dry-run"], offline);
    expect(output).toContain("Everything bundles. Nothing was uploaded.");
    expect(output.match(/Total Upload: .* gzip: .*/g)).toHaveLength(names.length);
    expect(code).toBe(0);
  });

  it("ends with exit code 1 and the Worker's name when one does not bundle", async () => {
    const file = join(project.folder, "workers", "split-url", "index.ts");
    const source = readFileSync(file, "utf8");
    try {
      writeFileSync(file, `import "./nowhere.ts";\n${source}`);
      const { code, output } = await project.deploy(["--dry-run"], offline);
      expect(output).toContain("edgeworth-split-url does not deploy:");
      expect(output).toContain('Could not resolve "./nowhere.ts"');
      expect(code).toBe(1);
    } finally {
      writeFileSync(file, source);
    }
  });
});
