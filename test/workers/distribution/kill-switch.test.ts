import { createTestHarness } from "wrangler";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DecideResponse } from "../../../contract/decision.ts";
import type { Ruleset, RulesetFlag } from "../../../contract/ruleset.ts";
import { encodeRuleset } from "../../../core/encode-ruleset.ts";
import { aRuleset } from "../../core/a-ruleset.ts";
import { key, sha256 } from "../../observed-decide.ts";

interface PublisherEnv {
  readonly PUBLISHER: {
    getByName(environment: string): {
      publish(input: { environment: string; text: string; source_revision: number }): Promise<unknown>;
    };
  };
}

const ISOLATES = ["edgeworth-decide", "decide-elsewhere"] as const;

/** The same Worker twice in one runtime, so two isolates with memories of their own, and one publisher for both. */
const harness = createTestHarness({
  root: new URL("../../..", import.meta.url).pathname,
  workers: [
    { configPath: "workers/decide/wrangler.toml" },
    {
      config: {
        name: "decide-elsewhere",
        main: "workers/decide/index.ts",
        compatibility_date: "2026-11-01",
        kv_namespaces: [{ binding: "RULES", id: "edgeworth-rules" }],
        durable_objects: {
          bindings: [{ name: "PUBLISHER", class_name: "RulesetPublisher", script_name: "edgeworth-decide" }],
        },
      },
    },
  ],
});

beforeAll(async () => void (await harness.listen()));
afterAll(() => harness.close());

const banner: RulesetFlag = {
  id: "flag_banner",
  key: "banner",
  type: "boolean",
  enabled: true,
  unit_type: "user_id",
  default_value: true,
  off_value: false,
  variants: {},
  rules: [],
  prerequisites: [],
  metadata: {},
};

let revision = 0;
const publish = async (environment: string, change: Partial<Ruleset>): Promise<void> => {
  const { PUBLISHER } = await harness.getWorker<PublisherEnv>("edgeworth-decide").getEnv();
  const keys = [{ id: "server", type: "server" as const, hash: sha256(key(environment, "server")) }];
  const text = JSON.stringify(encodeRuleset(aRuleset({ environment, keys, flags: [banner], ...change })));
  await PUBLISHER.getByName(environment).publish({ environment, text, source_revision: ++revision });
};

const ask = async (isolate: string, environment: string): Promise<DecideResponse> => {
  const response = await harness.getWorker(isolate).fetch("http://test/v1/decide", {
    method: "POST",
    headers: { authorization: `Bearer ${key(environment, "server")}` },
    body: JSON.stringify({ user_key: "user-1" }),
  });
  expect(response.status).toBe(200);
  return DecideResponse.parse(await response.json());
};

interface Seen {
  readonly askedAt: number;
  readonly isOld: boolean;
}

/** Keeps asking an isolate until the switch is obeyed and `after` more answers have come, or `deadline` is over. */
const follow = async (
  isolate: string,
  environment: string,
  isOld: (answer: DecideResponse) => boolean,
  deadline: number,
): Promise<Seen[]> => {
  const seen: Seen[] = [];
  for (let obeyed = 0; obeyed < 100 && Date.now() < deadline;) {
    const answer = await ask(isolate, environment);
    const old = isOld(answer);
    seen.push({ askedAt: Date.now(), isOld: old });
    obeyed += old ? 0 : 1;
  }
  return seen;
};

describe("a kill switch", () => {
  it.each([
    [
      "of an environment",
      "off-environment",
      { enabled: false },
      ({ assignments }: DecideResponse) => assignments.length > 0,
    ],
    [
      "of a flag",
      "off-flag",
      { flags: [{ ...banner, enabled: false }] },
      ({ flags }: DecideResponse) => flags["banner"]?.value === true,
    ],
  ])("%s is obeyed by every isolate that has traffic", async (what, environment, change, isOld) => {
    await publish(environment, {});
    for (const isolate of ISOLATES) expect(isOld(await ask(isolate, environment))).toBe(true);

    const switchedAt = Date.now();
    const following = ISOLATES.map((isolate) => follow(isolate, environment, isOld, switchedAt + 30_000));
    await publish(environment, change);
    const seen = await Promise.all(following);

    const lastOld = seen.map((answers) =>
      Math.max(0, ...answers.filter((each) => each.isOld).map((each) => each.askedAt)),
    );
    const delays = lastOld.map((at) => `${Math.max(0, at - switchedAt)} ms`);
    const requests = seen.reduce((sum, { length }) => sum + length, 0);
    process.stdout.write(
      `The kill switch ${what}: last old answer after ${delays.join(" and ")}, of ${requests} answers.\n`,
    );
    // Each isolate obeys, and once it does, it never goes back.
    for (const answers of seen) {
      expect(answers.at(-1)?.isOld).toBe(false);
      const firstNew = answers.findIndex((each) => !each.isOld);
      expect(answers.slice(firstNew).some((each) => each.isOld)).toBe(false);
    }
  });
});
