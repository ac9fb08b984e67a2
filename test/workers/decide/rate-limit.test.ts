import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ProblemBody } from "../../../contract/problem.ts";
import { networkOf } from "../../../workers/http/rate-limit.ts";
import {
  get,
  here,
  key,
  observed,
  order,
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

let addresses = 0;
/** An address that no test before has asked from: the binding remembers them all. */
const freshAddress = (): string => `192.0.2.${++addresses}`;

const limits = { CLIENT_REQUESTS_PER_MINUTE: "40", SERVER_REQUESTS_PER_MINUTE: "40", FAILED_KEYS_PER_MINUTE: "10" };

const server = () => ({ authorization: `Bearer ${key(here.environment, "server")}` });
const wrong = { authorization: `Bearer ew_client_nowhere_${"x".repeat(32)}` };

const statuses = async (count: number, headers: Record<string, string>): Promise<number[]> => {
  const found: number[] = [];
  for (let request = 0; request < count; request++) found.push((await get({ user_key: user }, headers)).status);
  return found;
};

/**
 * What is answered to more than a minute's requests: the binding's minutes are the machine's, and one may end between two
 * requests, but among so many in a row one minute sees more than its limit.
 */
const flood = (headers: Record<string, string>): Promise<number[]> => statuses(100, headers);

describe("a caller that asks too often", () => {
  it("is refused with the whole seconds to wait, by the address of a client key", async () => {
    await publish(rulesetOf());
    await order({ limits });
    const address = freshAddress();
    expect(new Set(await flood({ "cf-connecting-ip": address }))).toEqual(new Set([200, 429]));
    const response = await get({ user_key: user }, { "cf-connecting-ip": address });
    expect(response.headers.get("retry-after")).toMatch(/^([1-9]|[1-5]\d|60)$/);
    expect(response.headers.get("access-control-expose-headers")).toContain("retry-after");
    expect(ProblemBody.parse(await response.json())).toMatchObject({ status: 429, code: "rate_limited" });
    // Neither another address nor a server pays for it.
    expect(await statuses(1, { "cf-connecting-ip": freshAddress() })).toEqual([200]);
    expect(await statuses(1, { "cf-connecting-ip": address, ...server() })).toEqual([200]);
  });

  it("is refused by its key alone when that is a server's", async () => {
    await publish(rulesetOf());
    await order({ limits });
    const found: number[] = [];
    for (let round = 0; round < 100; round++)
      found.push(...(await statuses(1, { "cf-connecting-ip": freshAddress(), ...server() })));
    expect(new Set(found)).toEqual(new Set([200, 429]));
  });

  it("is refused for what other isolates have answered", async () => {
    await publish(rulesetOf());
    const address = freshAddress();
    const found: number[] = [];
    for (let isolate = 0; isolate < 5; isolate++) {
      await order({ restart: true, limits });
      found.push(...(await statuses(20, { "cf-connecting-ip": address })));
    }
    expect(new Set(found)).toEqual(new Set([200, 429]));
  });

  it("is heard again in the next minute", async () => {
    await publish(rulesetOf());
    await order({ limits });
    const address = freshAddress();
    expect((await flood({ "cf-connecting-ip": address })).at(-1)).toBe(429);
    // Only the isolate's minute: the binding's goes on, and is asked again once the caller has become noticeable.
    await order({ clock: 60_000_000_000 });
    expect(await statuses(2, { "cf-connecting-ip": address })).toEqual([200, 200]);
  });

  it("is refused for wrong keys sooner, and causes no I/O then", async () => {
    await publish(rulesetOf());
    await order({ limits });
    const address = freshAddress();
    const found = await statuses(40, { "cf-connecting-ip": address, ...wrong });
    expect(new Set(found)).toEqual(new Set([401, 429]));
    await observed();
    const another = { authorization: `Bearer ew_client_elsewhere_${"x".repeat(32)}` };
    expect(await statuses(3, { "cf-connecting-ip": address, ...another })).toEqual([429, 429, 429]);
    expect((await observed()).calls).toEqual([]);
    // Others behind the address whose key is right are not meant.
    await get({ user_key: user }, { "cf-connecting-ip": freshAddress() });
    expect(await statuses(1, { "cf-connecting-ip": address })).toEqual([200]);
  });
});

describe("an ordinary caller", () => {
  it("costs the binding nothing", async () => {
    await publish(rulesetOf());
    await get({ user_key: user });
    await order({ limits: { CLIENT_REQUESTS_PER_MINUTE: "6000" } });
    await observed();
    await statuses(50, { "cf-connecting-ip": freshAddress() });
    expect((await observed()).calls).toEqual([]);
  });

  it("is told of to the binding in batches", async () => {
    await publish(rulesetOf());
    await get({ user_key: user });
    await order({ limits: { CLIENT_REQUESTS_PER_MINUTE: "500" } });
    await observed();
    await statuses(100, { "cf-connecting-ip": freshAddress() });
    // The first time at 50, a tenth of the limit, then each 10, a fiftieth.
    expect((await observed()).calls).toEqual(Array.from({ length: 6 }, () => "RATE_LIMIT.limit"));
  });
});

describe("limits", () => {
  it.each([
    ["the binding fails", { limits, broken: ["RATE_LIMIT"] }],
    ["the binding is not there", { limits: null }],
    ["the limit is 0", { limits: { ...limits, CLIENT_REQUESTS_PER_MINUTE: "0" } }],
  ])("refuse nobody when %s", async (_, command) => {
    await publish(rulesetOf());
    await order(command);
    expect(new Set(await flood({ "cf-connecting-ip": freshAddress() }))).toEqual(new Set([200]));
  });

  it("are not for the machine itself", async () => {
    await publish(rulesetOf());
    await order({ limits });
    expect(new Set(await flood({ "cf-connecting-ip": "127.0.0.1" }))).toEqual(new Set([200]));
  });
});

describe("networkOf", () => {
  it.each([
    ["203.0.113.7", "203.0.113.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
    ["2001:db8:1:2::5", "2001:db8:1:2"],
    ["2001:db8::5", "2001:db8"],
    ["127.0.0.1", undefined],
    ["::1", undefined],
    ["", undefined],
    [null, undefined],
  ])("of %s is %s", (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
