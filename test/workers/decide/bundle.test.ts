import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";

const MAX_GZIP_BYTES = 40_000;

/** The Worker as wrangler bundles it with `minify`. */
const bundle = async (): Promise<{ readonly gzipBytes: number; readonly inputs: readonly string[] }> => {
  const { outputFiles, metafile } = await build({
    entryPoints: [new URL("../../../workers/decide/index.ts", import.meta.url).pathname],
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    keepNames: true,
    format: "esm",
    target: "es2024",
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:*"],
  });
  const gzipBytes = outputFiles.reduce((sum, { contents }) => sum + gzipSync(contents).byteLength, 0);
  return { gzipBytes, inputs: Object.keys(metafile.inputs) };
};

describe("the decide Worker", () => {
  it("is small, and has no library in it: neither zod nor a router", async () => {
    const { gzipBytes, inputs } = await bundle();
    expect(inputs.filter((path) => path.includes("node_modules"))).toEqual([]);
    expect(gzipBytes).toBeLessThanOrEqual(MAX_GZIP_BYTES);
  });
});
