import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ProblemBody } from "../../../contract/problem.ts";
import { streamPath } from "../../../workers/decide/stream-token.ts";
import {
  advance,
  here,
  key,
  order,
  publish,
  rulesetOf,
  sha256,
  start,
  startAfresh,
  stop,
} from "../../observed-decide.ts";

beforeAll(start);
beforeEach(startAfresh);
afterAll(stop);

const open = (query = "", headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${here.origin}/v1/stream${query}`, { headers });

const bearer = (type = "client") => ({ authorization: `Bearer ${key(here.environment, type)}` });

const eventIn = (chunk: string): unknown => JSON.parse(/^data: (.*)$/m.exec(chunk)?.[1] ?? "null");

/** Reads a stream chunk by chunk; `leave` goes away as a closed tab does. */
const readerOf = (response: Response) => {
  expect(response.status).toBe(200);
  const reader = (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream()).getReader();
  return { next: async (): Promise<string> => (await reader.read()).value ?? "", leave: () => reader.cancel() };
};

const problemOf = async (response: Response): Promise<ProblemBody> => ProblemBody.parse(await response.json());

/** The token that a client of OFREP gets for the test's client key. */
const tokenQuery = async (keyHash = sha256(key(here.environment)), atMs?: number): Promise<string> => {
  const { clock } = await order<{ clock: number }>({ readClock: true });
  const clientKey = { id: "client", type: "client", hash: keyHash } as const;
  return (await streamPath(clientKey, here.environment, 1, atMs ?? clock)).replace("/v1/stream", "");
};

describe("GET /v1/stream", () => {
  it("tells of a new version, as server-sent events readable from any origin", async () => {
    await publish(rulesetOf());
    const response = await open("", bearer("server"));
    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    const { next, leave } = readerOf(response);
    expect(await next()).toBe("retry: 3000\nid: 1\n\n");
    const { hash, published_at } = await publish(rulesetOf({ shards: 2 }));
    await advance(5_000);
    expect(eventIn(await next())).toEqual({
      type: "refetchEvaluation",
      etag: `"${hash}"`,
      lastModified: Math.floor(published_at / 1000),
      version: 2,
    });
    await leave();
  });

  it.each([
    ["Last-Event-ID", "", { "last-event-id": "1" }, 2],
    ["since", "&since=1", {}, 2],
    ["Last-Event-ID before since", "&since=2", { "last-event-id": "1" }, 2],
  ] as const)("tells at once what is newer than %s", async (_, query, headers, version) => {
    await publish(rulesetOf());
    await publish(rulesetOf({ shards: 2 }));
    const { next, leave } = readerOf(await open(`?key=${key(here.environment)}${query}`, headers));
    expect(eventIn(await next())).toMatchObject({ version });
    await leave();
  });

  it("opens for a stream token, until it expires or its key is revoked", async () => {
    await publish(rulesetOf());
    const { next, leave } = readerOf(await open(await tokenQuery()));
    expect(await next()).toContain("id: 1");
    await leave();
    const expired = await open(await tokenQuery(sha256(key(here.environment)), 0));
    expect([expired.status, (await problemOf(expired)).errors[0]?.path]).toEqual([401, "token"]);
    const forged = await open(await tokenQuery("0".repeat(64)));
    expect(forged.status).toBe(401);
    await publish(rulesetOf({ keys: [] }));
    await advance(5_000);
    expect((await open(await tokenQuery())).status).toBe(401);
  });

  it("refuses a server key in the URL and says why", async () => {
    await publish(rulesetOf());
    const response = await open(`?key=${key(here.environment, "server")}`);
    expect(response.status).toBe(403);
    expect((await problemOf(response)).detail).toMatch(/logs and histories.*header/);
  });

  it("refuses it however it is written, and known or not", async () => {
    await publish(rulesetOf());
    const sent = `Bearer ${key(here.environment, "server")}`;
    await (await open("", { authorization: sent })).body?.cancel();
    expect((await open(`?key=${encodeURIComponent(sent)}`)).status).toBe(403);
  });

  it.each([
    ["", 401],
    ["?key=nonsense", 401],
    ["?token=nonsense", 401],
    ["?colour=red", 400],
    ["?since=1&since=2", 400],
  ])("answers %j with %i, readable from any origin", async (query, status) => {
    await publish(rulesetOf());
    const response = await open(query);
    expect(response.status).toBe(status);
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    expect((await problemOf(response)).errors.length).toBeGreaterThan(0);
  });

  it("asks to come back while no ruleset can be read", async () => {
    await publish(rulesetOf());
    await order({ broken: ["RULES", "PUBLISHER"] });
    const response = await open("", bearer());
    expect([response.status, response.headers.get("retry-after")]).toEqual([503, "5"]);
  });

  it("goes on through an outage, and tells what came out meanwhile", async () => {
    await publish(rulesetOf());
    const { next, leave } = readerOf(await open("", bearer()));
    await next();
    await order({ broken: ["RULES", "PUBLISHER"] });
    await publish(rulesetOf({ shards: 2 }));
    await advance(5_000);
    await order({ broken: [] });
    await advance(5_000);
    expect(eventIn(await next())).toMatchObject({ version: 2 });
    await leave();
  });
});
