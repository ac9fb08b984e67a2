import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { DecideRequest } from "../../contract/decision.ts";
import { EventBatch, IncomingEvent } from "../../contract/event.ts";
import { type Client, type ClientError, type ClientOptions, createClient } from "../../sdk/index.ts";
import { aPage, type Page } from "./page.ts";
import { aDecision, answerJson, type Server, startServer } from "./server.ts";

let server: Server;
let page: Page;
let errors: ClientError[];
let clients: Client[];

beforeEach(async () => {
  server = await startServer();
  page = aPage({ cookie: "ew_device=d-1" });
  errors = [];
  clients = [];
});
afterEach(async () => {
  await server.close();
  await Promise.all(clients.map((client) => client.close()));
});

const aClient = (change: Partial<ClientOptions> = {}): Client => {
  const client = createClient(
    {
      key: "ew_client_test_1",
      url: server.url,
      flushIntervalMs: 3_600_000,
      onError: (error) => errors.push(error),
      ...change,
    },
    page,
  );
  clients.push(client);
  return client;
};

const asked = (): DecideRequest[] =>
  server.received.filter(({ path }) => path === "/v1/decide").map(({ body }) => JSON.parse(body) as DecideRequest);

const broken = (): never => {
  throw new Error("no network here");
};

describe("createClient", () => {
  it("asks for a decision with its key, units and context", async () => {
    const client = aClient({ userId: "u-1", units: { company_id: "c-1" }, context: { plan: "pro" } });
    await client.ready();
    expect(asked()).toEqual([
      { units: { company_id: "c-1", device_id: "d-1", user_id: "u-1" }, context: { plan: "pro" } },
    ]);
    expect(server.received[0]?.headers.authorization).toBe("Bearer ew_client_test_1");
  });

  it("takes a number for a user or another unit, and leaves out what is nothing", async () => {
    const client = aClient({ userId: 12345, units: { company_id: 0, team_id: "" } });
    await client.ready();
    await client.identify(0);
    await client.identify(JSON.parse("null"));
    expect(asked().map(({ units }) => units)).toEqual([
      { company_id: "0", device_id: "d-1", user_id: "12345" },
      { company_id: "0", device_id: "d-1", user_id: "0" },
      { company_id: "0", device_id: "d-1" },
    ]);
  });

  it("brings the variants that its units had on an earlier visit", async () => {
    await aClient({ userId: "u-1" }).ready();
    await aClient({ userId: "u-1" }).ready();
    await aClient({ userId: "u-2" }).ready();
    const sticky = { button: "treatment", plain: "control" };
    expect(asked().map((request) => request.sticky)).toEqual([undefined, sticky, undefined]);
  });

  it("keeps no variants where it keeps no device id", async () => {
    await aClient({ userId: "u-1", deviceId: false }).ready();
    expect([...page.stored]).toEqual([]);
  });

  it("takes a URL with slashes at its end", async () => {
    const client = aClient({ url: `${server.url}//` });
    await client.ready();
    client.variant("button");
    await client.flush();
    expect(server.received.map(({ path }) => path)).toEqual(["/v1/decide", "/v1/events"]);
  });

  it.each([["undefined"], ["null"], ["{}"], ['{"key":""}'], ['{"key":7}']])(
    "says once on the console that it has no key when its options are %s, and asks and sends nothing",
    async (text) => {
      const said = vi.spyOn(console, "error").mockImplementation(() => undefined);
      const fetched = vi.spyOn(globalThis, "fetch");
      const client = createClient(text === "undefined" ? undefined : JSON.parse(text), page);
      await client.ready();
      client.track("view");
      await client.identify("u-1");
      await client.flush();
      page.leave();
      expect([client.variant("button"), client.get("button", "default")]).toEqual([null, "default"]);
      expect([said.mock.calls.length, fetched.mock.calls.length, page.beacons.length]).toEqual([1, 0, 0]);
      await client.close();
      vi.restoreAllMocks();
    },
  );

  it("tells the error handler alone when it has no key", async () => {
    const client = aClient({ key: "" });
    await client.ready();
    client.track("view");
    expect(errors.map(({ code }) => code)).toEqual(["invalid_options"]);
  });

  it("answers with the variant and its payload", async () => {
    const client = aClient();
    await client.ready();
    expect(client.variant("button")).toBe("treatment");
    expect(client.get("button", { label: "Order" })).toEqual({ label: "Buy now" });
    expect(client.variant("plain")).toBe("control");
    expect(client.get("plain", "the page's own")).toBe("the page's own");
  });

  it("answers with a flag's value, whatever else a flag may be called", async () => {
    const flags = {
      banner: { value: "Sale", variant: "sale", reason: "rule" },
      off: { value: false, variant: "off", reason: "off" },
      own_default: { value: null, variant: "default", reason: "static" },
    } as const;
    server.decide = (_, response) => answerJson(response, 200, aDecision({ flags }));
    const client = aClient();
    expect(client.flag("banner", "none")).toBe("none");
    await client.ready();
    expect(client.flag("banner", "none")).toBe("Sale");
    expect(client.flag("off", true)).toBe(false);
    for (const key of ["own_default", "unknown", "__proto__", "constructor"])
      expect(client.flag(key, "mine")).toBe("mine");
    await client.flush();
    expect(server.events()).toEqual([]);
  });

  it("exposes the unit to the experiment that decided a flag, once", async () => {
    const decision = { value: true, variant: "treatment", experiment_key: "button" };
    const flags = {
      new_button: { ...decision, reason: "experiment" },
      looked_at: { ...decision, experiment_key: "plain", reason: "override" },
    } as const;
    server.decide = (_, response) => answerJson(response, 200, aDecision({ flags }));
    const client = aClient();
    await client.ready();
    expect([client.flag("new_button", false), client.flag("new_button", false)]).toEqual([true, true]);
    expect([client.flag("looked_at", false), client.variant("button")]).toEqual([true, "treatment"]);
    await client.flush();
    expect(server.events().map(({ experiment_key, variant_key }) => [experiment_key, variant_key])).toEqual([
      ["button", "treatment"],
    ]);
  });

  it.each([
    ["assigned", 1],
    ["sticky", 1],
    ["override", 0],
  ] as const)("shows a variant whose reason is %s, and sends %i exposures", async (reason, exposures) => {
    const assignments = aDecision().assignments.map((assignment) => ({ ...assignment, reason }));
    server.decide = (_, response) => answerJson(response, 200, aDecision({ assignments }));
    const client = aClient();
    await client.ready();
    expect(client.variant("button")).toBe("treatment");
    expect(client.get("button", {})).toEqual({ label: "Buy now" });
    await client.flush();
    expect(server.events()).toHaveLength(exposures);
  });

  it("answers null and the fallback for an experiment that the unit is not in, and exposes nobody", async () => {
    server.decide = (_, response) =>
      answerJson(
        response,
        200,
        aDecision({
          assignments: [
            {
              experiment_key: "elsewhere",
              experiment_id: "exp_3",
              variant_key: null,
              variant_id: null,
              payload: null,
              reason: "targeting",
            },
          ],
        }),
      );
    const client = aClient();
    await client.ready();
    expect([client.variant("elsewhere"), client.variant("unheard_of")]).toEqual([null, null]);
    expect([client.get("elsewhere", 1), client.get("unheard_of", 2)]).toEqual([1, 2]);
    await client.flush();
    expect(server.batches()).toEqual([]);
  });

  it("answers defaults and exposes nobody before the decision is there", async () => {
    const client = aClient();
    expect([client.variant("button"), client.get("button", "early")]).toEqual([null, "early"]);
    await client.ready();
    await client.flush();
    expect(server.events()).toEqual([]);
  });

  it("exposes a unit once an experiment, however and however often it is read", async () => {
    const client = aClient({ userId: "u-1" });
    await client.ready();
    for (let time = 0; time < 3; time++) {
      client.variant("button");
      client.get("button", null);
    }
    client.variant("plain");
    await client.flush();
    client.variant("button");
    await client.flush();
    expect(server.events()).toMatchObject([
      {
        type: "exposure",
        experiment_key: "button",
        variant_key: "treatment",
        config_version: 7,
        units: { device_id: "d-1", user_id: "u-1" },
        timestamp: page.clock,
      },
      { type: "exposure", experiment_key: "plain", variant_key: "control" },
    ]);
    expect(server.events()).toHaveLength(2);
  });

  it("sends batches and events that the contract allows, in the order in which they happened", async () => {
    const client = aClient();
    await client.ready();
    client.track("view");
    client.variant("button");
    client.track("purchase", { value: 12.5, properties: { currency: "EUR", items: ["a"] } });
    await client.flush();
    const [batch] = server.batches();
    expect(EventBatch.safeParse(batch).error).toBeUndefined();
    expect(server.events().map((event) => IncomingEvent.parse(event).type)).toEqual(["metric", "exposure", "metric"]);
    expect(server.events()[2]).toMatchObject({
      name: "purchase",
      value: 12.5,
      properties: { currency: "EUR", items: ["a"] },
      units: { device_id: "d-1" },
    });
    expect(new Set(server.events().map(({ event_id }) => event_id)).size).toBe(3);
  });

  it("sends properties as they were when it was told of them", async () => {
    const client = aClient();
    const basket = ["a"];
    client.track("view", { properties: { basket } });
    basket.push("b");
    await client.flush();
    expect(server.events()).toMatchObject([{ properties: { basket: ["a"] } }]);
  });

  it.each([
    ["the server is out of reach", async () => server.close()],
    ["the server answers 500", () => (server.decide = (_, response) => answerJson(response, 500, {}))],
    ["the answer is no JSON", () => (server.decide = (_, response) => void response.end("<html>"))],
    ["the answer is another JSON", () => (server.decide = (_, response) => answerJson(response, 200, { error: 1 }))],
    ["the server never answers", () => (server.decide = () => undefined)],
  ])("fails open when %s", async (_, breakIt) => {
    await breakIt();
    const client = aClient({ timeoutMs: 200 });
    await client.ready();
    expect([client.variant("button"), client.get("button", "default")]).toEqual([null, "default"]);
    expect(errors.map(({ code }) => code)).toEqual(["decide_failed"]);
  });

  it("fails open without a fetch, without a URL and with an error handler that throws", async () => {
    const client = aClient({ fetch: broken, onError: broken, url: "" });
    await client.ready();
    client.track("view");
    await client.flush();
    expect(client.variant("button")).toBeNull();
  });

  it("never throws what it cannot send into the page", async () => {
    const client = aClient();
    const circular: { self?: unknown } = {};
    circular.self = circular;
    client.track("view", JSON.parse("null"));
    client.track("view", { properties: circular as Record<string, never> });
    client.track("view", { value: Number.NaN });
    await client.flush();
    expect(server.events()).toHaveLength(2);
    expect(errors).toMatchObject([{ code: "invalid_event", lost: 1 }]);
  });

  it("says so when an event has no unit", async () => {
    const client = aClient({ deviceId: false });
    client.track("view");
    await client.flush();
    expect(server.batches()).toEqual([]);
    expect(errors).toMatchObject([{ code: "invalid_event", lost: 1 }]);
  });

  it("uses the device id that it is given and then touches no cookie", async () => {
    page.cookies.clear();
    await aClient({ deviceId: "till-7" }).ready();
    expect(asked()).toEqual([{ units: { device_id: "till-7" } }]);
    expect(page.cookies.size).toBe(0);
  });

  it("decides again for a user who signs in, and exposes the units it decided for", async () => {
    server.decide = ({ body }, response) => {
      const signedIn = body.includes("user_id");
      const decision = aDecision();
      const [button] = decision.assignments;
      answerJson(response, 200, {
        ...decision,
        assignments: [{ ...button, variant_key: signedIn ? "treatment" : "control" }],
      });
    };
    const client = aClient();
    await client.ready();
    expect(client.variant("button")).toBe("control");
    const identified = client.identify("u-1");
    expect(client.variant("button")).toBe("control");
    client.track("sign_in");
    await identified;
    expect(client.variant("button")).toBe("treatment");
    await client.identify(undefined);
    expect(client.variant("button")).toBe("control");
    await client.flush();
    expect(server.events()).toMatchObject([
      { variant_key: "control", units: { device_id: "d-1" } },
      { name: "sign_in", units: { device_id: "d-1", user_id: "u-1" } },
      { variant_key: "treatment", units: { device_id: "d-1", user_id: "u-1" } },
    ]);
    expect(server.events()).toHaveLength(3);
  });

  it("lets a newer question overtake an older one", async () => {
    const held: (() => void)[] = [];
    server.decide = ({ body }, response) => {
      const variant = body.includes("plan") ? "treatment" : "control";
      const [button] = aDecision().assignments;
      const answer = () =>
        answerJson(response, 200, { ...aDecision(), assignments: [{ ...button, variant_key: variant }] });
      if (variant === "control") held.push(answer);
      else answer();
    };
    const client = aClient();
    const first = client.ready();
    await expect.poll(() => held.length).toBe(1);
    await client.setContext({ plan: "pro" });
    expect(client.variant("button")).toBe("treatment");
    held[0]?.();
    await first;
    expect(client.variant("button")).toBe("treatment");
  });

  it("keeps what it knows when deciding again fails", async () => {
    const client = aClient();
    await client.ready();
    server.decide = (_, response) => answerJson(response, 503, {});
    await client.setContext({ plan: "pro" });
    expect(client.variant("button")).toBe("treatment");
  });

  it("leaves its events with the browser when the page is hidden or left, and not when it is shown", async () => {
    const client = aClient();
    await client.ready();
    client.variant("button");
    page.show();
    expect(page.beacons).toEqual([]);
    page.hide();
    expect(page.beacons).toHaveLength(1);
    expect(page.beacons[0]?.url).toBe(`${server.url}/v1/events`);
    client.track("late");
    page.leave();
    expect(page.beacons).toHaveLength(2);
    const [first, second] = page.beacons.map(({ data }) => EventBatch.parse(JSON.parse(data)));
    expect([first?.key, second?.key]).toEqual(["ew_client_test_1", "ew_client_test_1"]);
    await client.flush();
    expect(server.batches()).toEqual([]);
  });

  it("sends what is left and lets go of the page when it is closed", async () => {
    const client = aClient();
    client.track("last");
    await client.close();
    expect(server.events()).toHaveLength(1);
    client.track("after");
    page.leave();
    expect(page.beacons).toEqual([]);
  });
});
