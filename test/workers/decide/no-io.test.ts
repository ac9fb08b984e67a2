import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  advance,
  decided,
  get,
  observed,
  post,
  publish,
  rulesetOf,
  start,
  startAfresh,
  stop,
  user,
} from "../../observed-decide.ts";

beforeAll(start);
beforeEach(startAfresh);
afterAll(stop);

describe("the decide path", () => {
  it("does no I/O once the ruleset is in memory", async () => {
    await publish(rulesetOf());
    await decided(get({ user_key: user }));
    expect((await observed()).compiled).toEqual([1]);
    for (let request = 0; request < 20; request++) {
      await decided(get({ user_key: `user-${request}`, context: '{"country":"US"}' }));
      await decided(post({ user_key: `user-${request}`, experiments: ["checkout_button", "nothing"] }));
    }
    expect(await observed()).toEqual({ calls: [], compiled: [] });
  });

  it("asks for the pointer once behind the response when its ruleset is older than two seconds", async () => {
    await publish(rulesetOf());
    await decided(get({ user_key: user }));
    await advance(1_999);
    await observed();
    await decided(get({ user_key: user }));
    expect((await observed()).calls).toEqual([]);
    await advance(1);
    const first = await get({ user_key: user });
    const second = await get({ user_key: user });
    expect([first, second].map((response) => response.headers.get("x-behind"))).toEqual(["1", "0"]);
    expect(await observed()).toEqual({ calls: ["PUBLISHER.getByName", "PUBLISHER.pointer"], compiled: [] });
  });

  it("reads pointer and blob once when it starts cold", async () => {
    await publish(rulesetOf());
    await observed();
    const answers = await Promise.all([1, 2, 3, 4].map((index) => decided(get({ user_key: `user-${index}` }))));
    expect(answers.map(({ config_version }) => config_version)).toEqual([1, 1, 1, 1]);
    expect(await observed()).toEqual({
      calls: ["PUBLISHER.getByName", "PUBLISHER.pointer", "RULES.get"],
      compiled: [1],
    });
  });
});

describe("a wrong key", () => {
  it("makes the publisher be asked a few times at most", async () => {
    await publish(rulesetOf({ keys: [] }));
    for (let request = 0; request < 20; request++) expect((await get({ user_key: user })).status).toBe(401);
    const { calls } = await observed();
    expect(calls.filter((call) => call === "PUBLISHER.pointer")).toHaveLength(6);
  });
});
