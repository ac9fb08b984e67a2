import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { anExperiment } from "../../core/a-ruleset.ts";
import {
  advance,
  decided,
  get,
  here,
  order,
  post,
  publish,
  publishText,
  rulesetOf,
  start,
  startAfresh,
  stop,
  user,
} from "../../observed-decide.ts";

beforeAll(start);
beforeEach(startAfresh);
afterAll(stop);

const defaults = (names: string[]) =>
  names.map((experiment_key) => ({
    experiment_key,
    experiment_id: null,
    variant_key: null,
    variant_id: null,
    payload: null,
    reason: "error",
  }));

/** 200 with defaults, for everything and by name. */
const expectDefaults = async (): Promise<void> => {
  expect(await decided(get({ user_key: user }))).toEqual({
    user_key: user,
    environment: here.environment,
    config_version: 0,
    assignments: [],
    flags: {},
  });
  expect((await decided(post({ user_key: user, experiments: ["a", "b"] }))).assignments).toEqual(defaults(["a", "b"]));
};

describe("decide fails open", () => {
  it("when KV and the publisher are out of reach on a cold start", async () => {
    await publish(rulesetOf());
    await order({ broken: ["RULES", "PUBLISHER"] });
    await expectDefaults();
  });

  it("when the publisher never answers and KV is out of reach", async () => {
    await publish(rulesetOf());
    await order({ hanging: ["PUBLISHER"], broken: ["RULES"] });
    await expectDefaults();
  });

  it("from the KV pointer when the publisher never answers", async () => {
    await publish(rulesetOf());
    await order({ hanging: ["PUBLISHER"] });
    expect((await decided(get({ user_key: user }))).config_version).toBe(1);
  });

  it("when the only ruleset is not one", async () => {
    await publishText('{"format": 1}');
    await expectDefaults();
  });

  it("and keeps what is in memory while everything is out of reach, then takes the newest", async () => {
    await publish(rulesetOf());
    await decided(get({ user_key: user }));
    await publish(rulesetOf({ shards: 2 }));
    await order({ broken: ["RULES", "PUBLISHER"] });
    for (let round = 0; round < 3; round++) {
      await advance(2_000);
      expect((await decided(get({ user_key: user }))).config_version).toBe(1);
    }
    await order({ broken: [] });
    await advance(2_000);
    await decided(get({ user_key: user }));
    expect((await decided(get({ user_key: user }))).config_version).toBe(2);
  });

  it("and recovers from a cold start with nothing, two seconds later", async () => {
    await publish(rulesetOf());
    await order({ broken: ["RULES", "PUBLISHER"] });
    await expectDefaults();
    await order({ broken: [] });
    await advance(2_000);
    expect((await decided(get({ user_key: user }))).config_version).toBe(1);
  });

  it("from the KV pointer when the publisher is out of reach", async () => {
    await publish(rulesetOf());
    await order({ broken: ["PUBLISHER"] });
    expect((await decided(get({ user_key: user }))).config_version).toBe(1);
  });

  it("from the publisher's blob when KV is out of reach", async () => {
    await publish(rulesetOf());
    await order({ broken: ["RULES"] });
    expect((await decided(get({ user_key: user }))).config_version).toBe(1);
  });

  it("from the publisher's blob when KV's is missing", async () => {
    const { hash } = await publish(rulesetOf());
    await order({ deleteKv: `rs:${here.environment}:${hash}` });
    expect((await decided(get({ user_key: user }))).config_version).toBe(1);
  });

  it("from the publisher's blob when KV's is not what its name says", async () => {
    const { hash } = await publish(rulesetOf());
    await order({ putKv: { key: `rs:${here.environment}:${hash}`, value: '{"format": 1' } });
    expect((await decided(get({ user_key: user }))).config_version).toBe(1);
  });

  it("with reason error for an experiment whose rule it does not know", async () => {
    const rules = JSON.parse('[{"conditions":[{"operator":"sounds_like"}]}]');
    await publish(rulesetOf({ experiments: [anExperiment({ key: "broken", rules }), anExperiment()] }));
    const { assignments } = await decided(get({ user_key: user, experiments: "broken,checkout_button" }));
    expect(assignments.map(({ reason }) => reason)).toEqual(["error", "assigned"]);
  });
});
