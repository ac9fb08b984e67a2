import { describe, expect, it } from "vitest";
import { z } from "zod";
import { readJson, readPackedJson } from "../../../workers/http/body.ts";
import { issuesOf } from "../../../workers/http/issues.ts";

const post = (body: string | Uint8Array<ArrayBuffer> | ReadableStream, headers: Record<string, string> = {}): Request =>
  new Request("http://edge.test/", Object.assign({ method: "POST", body, headers }, { duplex: "half" }));

/** A body of `chunks` times 1,000 bytes that says nothing of its length and counts what is taken from it. */
const endless = (chunks: number) => {
  const taken = { chunks: 0 };
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        taken.chunks++;
        controller.enqueue(new Uint8Array(1_000).fill(0x20));
        if (taken.chunks === chunks) controller.close();
      },
    },
    { highWaterMark: 0 },
  );
  return { body, taken };
};

describe("readJson", () => {
  it("reads JSON whatever the media type is said to be", async () => {
    expect(await readJson(post('{"a": "ü"}', { "content-type": "text/plain" }), 100)).toEqual({ a: "ü" });
  });

  it.each<Record<string, string>>([{}, { "content-length": "4" }, { "content-length": "much" }])(
    "takes exactly as many bytes as it allows, with %o",
    async (headers) => {
      expect(await readJson(post('"ü"', headers), 4)).toBe("ü");
      await expect(readJson(post('"üü"', headers), 4)).rejects.toMatchObject({ status: 413, code: "body_too_large" });
    },
  );

  it("refuses by Content-Length without reading", async () => {
    const { body, taken } = endless(10);
    const request = post(body, { "content-length": "2000001" });
    await expect(readJson(request, 1_000_000)).rejects.toMatchObject({ status: 413 });
    expect(taken.chunks).toBe(0);
  });

  it("stops reading a stream that says nothing of its length", async () => {
    const { body, taken } = endless(2_000);
    await expect(readJson(post(body), 5_000)).rejects.toMatchObject({ status: 413, code: "body_too_large" });
    expect(taken.chunks).toBeLessThan(10);
  });

  it.each([
    ["nothing", ""],
    ["half an object", '{"a": 1'],
    ["NaN", '{"a": NaN}'],
    ["bytes that are not UTF-8", new Uint8Array([0x22, 0xff, 0x22])],
  ])("answers %s with 400 invalid_json", async (_, body) => {
    await expect(readJson(post(body), 100)).rejects.toMatchObject({ status: 400, code: "invalid_json" });
  });
});

it("issuesOf names the place of each mistake", () => {
  const schema = z.object({ variants: z.array(z.object({ weight: z.number() })) });
  const { error } = schema.safeParse({ variants: [{ weight: 1 }, { weight: "x" }] });
  expect(error && issuesOf(error).map(({ path }) => path)).toEqual(["variants.1.weight"]);
});

const gzip = async (text: string): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(
    await new Response(new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer(),
  );
const packed = (body: string | Uint8Array<ArrayBuffer>, encoding = "gzip") =>
  post(body, { "content-encoding": encoding });

describe("readPackedJson", () => {
  it("reads JSON packed or as it is", async () => {
    expect(await readPackedJson(packed(await gzip('{"a": "ü"}')), 100)).toEqual({ a: "ü" });
    expect(await readPackedJson(packed('{"a": "ü"}', "identity"), 100)).toEqual({ a: "ü" });
    expect(await readPackedJson(post('{"a": "ü"}'), 100)).toEqual({ a: "ü" });
  });

  it("allows so many bytes unpacked, and holds no more of what would be a thousand times as much", async () => {
    expect(await readPackedJson(packed(await gzip('"ü"')), 4)).toBe("ü");
    for (const body of ['"üü"', JSON.stringify(" ".repeat(20_000_000))])
      await expect(readPackedJson(packed(await gzip(body)), 4)).rejects.toMatchObject({
        status: 413,
        code: "body_too_large",
      });
  });

  it.each([
    ["what is not packed", async () => packed("{}")],
    ["what was cut", async () => packed((await gzip("[1,2,3]")).slice(0, -6))],
    ["nothing", async () => packed(new Uint8Array(0))],
    ["no JSON", async () => packed(await gzip("{"))],
  ])("refuses %s", async (_what, request) => {
    await expect(readPackedJson(await request(), 100)).rejects.toMatchObject({ status: 400, code: "invalid_json" });
  });

  it("says which encodings it takes", async () => {
    await expect(readPackedJson(packed("{}", "br"), 100)).rejects.toMatchObject({
      status: 415,
      headers: { "accept-encoding": "gzip, identity" },
    });
  });
});
