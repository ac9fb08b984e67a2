import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { anExperiment } from "../core/a-ruleset.ts";
import {
  advance,
  decided,
  get,
  here,
  key,
  observed,
  order,
  publish,
  publishText,
  rulesetOf,
  start,
  startAfresh,
  stop,
  user,
} from "../observed-decide.ts";

beforeAll(start);
beforeEach(startAfresh);
afterAll(stop);

describe("a new version", () => {
  it("is served by the second request after the soft time to live", async () => {
    await publish(rulesetOf());
    await decided(get({ user_key: user }));
    await publish(rulesetOf({ experiments: [anExperiment({ status: "paused" })] }));
    await advance(2_000);
    const versions: number[] = [];
    for (const request of [1, 2])
      versions.push((await decided(get({ user_key: user, experiments: `checkout_button,${request}` }))).config_version);
    expect(versions).toEqual([1, 2]);
    const { assignments } = await decided(get({ user_key: user, experiments: "checkout_button" }));
    expect(assignments[0]?.reason).toBe("not_running");
  });

  it("is waited for by the first request after a quiet spell", async () => {
    await publish(rulesetOf());
    await decided(get({ user_key: user }));
    await publish(rulesetOf({ experiments: [anExperiment({ status: "paused" })] }));
    await advance(5_000);
    const { assignments } = await decided(get({ user_key: user, experiments: "checkout_button" }));
    expect(assignments[0]?.reason).toBe("not_running");
  });

  it("is not waited for when nothing answers", async () => {
    await publish(rulesetOf());
    await decided(get({ user_key: user }));
    await order({ hanging: ["PUBLISHER"] });
    await advance(60_000);
    expect((await decided(get({ user_key: user }))).config_version).toBe(1);
  });

  it.each([["PUBLISHER"], ["RULES"]])("is found where %s hangs", async (binding) => {
    await publish(rulesetOf());
    await decided(get({ user_key: user }));
    await publish(rulesetOf({ shards: 2 }));
    await order({ hanging: [binding] });
    // The clock of the source is the test's, so one refresh runs; deadlines are the platform's.
    await advance(60_000);
    await expect
      .poll(async () => (await decided(get({ user_key: user }))).config_version, { timeout: 20_000, interval: 100 })
      .toBe(2);
  });

  it("is never replaced by a lower one", async () => {
    const first = await publish(rulesetOf());
    await publish(rulesetOf({ shards: 2 }));
    expect((await decided(get({ user_key: user }))).config_version).toBe(2);
    const { published, ...pointer } = first;
    expect(published).toBe(true);
    await order({
      putKv: { key: `rs:${here.environment}:pointer`, value: JSON.stringify(pointer) },
      broken: ["PUBLISHER"],
    });
    await advance(2_000);
    await decided(get({ user_key: user }));
    expect((await decided(get({ user_key: user }))).config_version).toBe(2);
    expect((await observed()).compiled).toEqual([2]);
  });

  it.each(['{"format": 3}', '{"format": 1}', '{"format": 2}', "null", "[]", "not JSON"])(
    "that is %s leaves the one before in place and is not tried again",
    async (text) => {
      await publish(rulesetOf());
      await decided(get({ user_key: user }));
      await publishText(text);
      for (let round = 0; round < 3; round++) {
        await advance(2_000);
        expect((await decided(get({ user_key: user }))).config_version).toBe(1);
      }
      const { calls } = await observed();
      expect(calls.filter((call) => call === "RULES.get")).toHaveLength(2);
    },
  );

  it("that revokes a key refuses it, and one that adds a key is asked for before that is refused", async () => {
    await publish(rulesetOf({ keys: [] }));
    expect((await get({ user_key: user })).status).toBe(401);
    await publish(rulesetOf());
    expect((await get({ user_key: user })).status).toBe(200);
    await publish(rulesetOf({ keys: [], shards: 3 }));
    await advance(2_000);
    await get({ user_key: user });
    expect((await get({ user_key: user })).status).toBe(401);
  });
});

/** Asks of 50 environments that nobody made, and counts what that cost the publisher. */
const costOfStrangers = async () => {
  for (let made = 0; made < 50; made++)
    await get({ user_key: user }, { authorization: `Bearer ${key(`many-${made}`)}` });
  return (await observed()).calls.filter((call) => call === "PUBLISHER.pointer").length;
};

describe("an environment that is made up", () => {
  it("opens nothing, and drives out none that exists", async () => {
    await publish(rulesetOf());
    await decided(get({ user_key: user }));
    await observed();
    for (let made = 0; made < 120; made++) {
      // So many a second are asked for.
      if (made % 20 === 19) await advance(1_000);
      const answer = await get({ user_key: user }, { authorization: `Bearer ${key(`made-up-${made}`)}` });
      expect(answer.status).toBe(401);
    }
    await observed();
    expect((await decided(get({ user_key: user }))).config_version).toBe(1);
    expect((await observed()).compiled).toEqual([]);
  });

  it("costs the publisher no more than 20 calls a second, however many are made up", async () => {
    await publish(rulesetOf());
    await decided(get({ user_key: user }));
    await observed();
    await advance(1_000);
    expect(await costOfStrangers()).toBe(20);
    expect(await costOfStrangers()).toBe(0);
    expect((await decided(get({ user_key: user }))).config_version).toBe(1);
    await advance(1_000);
    expect(await costOfStrangers()).toBe(20);
  });
});
