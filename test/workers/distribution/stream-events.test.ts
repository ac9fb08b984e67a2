import { describe, expect, it } from "vitest";
import type { RulesetPointer } from "../../../contract/ruleset.ts";
import { streamEvents } from "../../../workers/decide/stream-events.ts";

const pointerAt = (version: number): RulesetPointer => ({
  version,
  hash: `hash-${version}`,
  published_at: 1_771_622_898_999,
});

/** A stream whose polls find these versions, one after the other and then the last for ever. It takes no time. */
const aStream = (since: number | undefined, versions: readonly (number | undefined)[]) => {
  const seen = { polls: 0, sleptMs: 0, ends: 0 };
  const stream = streamEvents(since, {
    poll() {
      const version = versions[Math.min(seen.polls++, versions.length - 1)];
      return Promise.resolve(version === undefined ? undefined : pointerAt(version));
    },
    sleep(ms) {
      seen.sleptMs += ms;
      return Promise.resolve();
    },
    onEnd: () => void seen.ends++,
  });
  return { seen, reader: stream.getReader() };
};

/** The ids of the events in a text, of those that a browser would dispatch. */
const dispatched = (text: string): string[] =>
  text
    .split("\n\n")
    .filter((block) => block.includes("data:"))
    .map((block) => /^id: (.*)$/m.exec(block)?.[1] ?? "none");

/** The next chunk; empty at the end. */
const next = async (reader: ReturnType<typeof aStream>["reader"]): Promise<string> =>
  new TextDecoder().decode((await reader.read()).value);

const all = async (reader: ReturnType<typeof aStream>["reader"]): Promise<string> => {
  let text = "";
  for (let chunk = await next(reader); chunk !== ""; chunk = await next(reader)) text += chunk;
  return text;
};

describe("a stream", () => {
  it("tells a client that has the current version its id and no event", async () => {
    const { reader } = aStream(undefined, [7]);
    expect(await next(reader)).toBe("retry: 3000\nid: 7\n\n");
    await reader.cancel();
  });

  it("tells a client that has an older version at once", async () => {
    const { reader } = aStream(6, [7]);
    expect(await next(reader)).toBe(
      'retry: 3000\nevent: message\nid: 7\ndata: {"type":"refetchEvaluation","etag":"\\"hash-7\\"","lastModified":1771622898,"version":7}\n\n',
    );
    await reader.cancel();
  });

  it("tells each newer version once, and never goes back", async () => {
    const { reader } = aStream(undefined, [7, 7, 8, 8, 7, 10, 9, 10]);
    expect(dispatched(await all(reader))).toEqual(["8", "10"]);
  });

  it("tells the first version that there is", async () => {
    const { reader } = aStream(undefined, [undefined, undefined, 1]);
    expect(dispatched(await all(reader))).toEqual(["1"]);
  });

  it("tells nothing while the version that the client has is newer than what is known here", async () => {
    const { reader } = aStream(9, [7, 8, 9, 10]);
    expect(dispatched(await all(reader))).toEqual(["10"]);
  });

  it("pings within each 30 s, ends after 15 minutes, and says so once", async () => {
    const { reader, seen } = aStream(undefined, [7]);
    const text = await all(reader);
    expect(text.split(": ping\n\n")).toHaveLength(46);
    expect(seen).toMatchObject({ sleptMs: 15 * 60_000, ends: 1 });
  });

  it("polls no more once the client has gone", async () => {
    const { reader, seen } = aStream(undefined, [7]);
    await reader.read();
    await reader.cancel();
    const { polls } = seen;
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen.polls - polls).toBeLessThanOrEqual(1);
    expect(seen.ends).toBe(1);
  });
});
