/**
 * The size of the decide Worker as it is deployed: bundled and minified by esbuild.
 *
 *     node bench/bundle.ts
 */
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { build } from "esbuild";
import { atMost, row } from "./harness/goal.ts";

const KB = 1_000;
const LARGEST = 12;

const { outputFiles, metafile } = await build({
  entryPoints: [fileURLToPath(new URL("../workers/decide/index.ts", import.meta.url))],
  bundle: true,
  minify: true,
  write: false,
  metafile: true,
  format: "esm",
  target: "es2024",
  conditions: ["workerd", "worker", "browser"],
  external: ["cloudflare:*", "node:*"],
});
const [bundle] = outputFiles;
const [output] = Object.values(metafile.outputs);
if (!bundle || !output) throw new Error("esbuild made no bundle.");

const gzipKb = gzipSync(bundle.contents, { level: 9 }).length / KB;
const inputs = Object.entries(output.inputs).toSorted(([, a], [, b]) => b.bytesInOutput - a.bytesInOutput);
const outsiders = new Set(inputs.flatMap(([path]) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.slice(1) ?? []));
console.log("The decide Worker's bundle, KB");
console.log(row("minified", (bundle.contents.length / KB).toFixed(1)));
console.log(row("minified, gzip", gzipKb.toFixed(1), `  ${atMost(40, gzipKb, { unit: "KB" })}`));
console.log(row("minified, brotli", (brotliCompressSync(bundle.contents).length / KB).toFixed(1)));
console.log(
  row("packages in it", [...outsiders].join(", ") || "none", `  without zod: ${outsiders.has("zod") ? "NO" : "yes"}`),
);
/** The shortest way from the entry to a package, which says whose import to remove. */
const wayTo = (isWanted: (path: string) => boolean): readonly string[] => {
  const entry = output.entryPoint ?? "";
  const seen = new Set([entry]);
  const queue: string[][] = [[entry]];
  for (let way = queue.shift(); way; way = queue.shift()) {
    const last = way.at(-1) ?? "";
    if (isWanted(last)) return way;
    for (const { path } of metafile.inputs[last]?.imports ?? []) {
      if (seen.has(path)) continue;
      seen.add(path);
      queue.push([...way, path]);
    }
  }
  return [];
};
for (const name of outsiders)
  console.log(row(`${name} comes by`, `  ${wayTo((path) => path.includes(`node_modules/${name}/`)).join(" → ")}`));

console.log("\nLargest files in it, minified bytes");
for (const [path, { bytesInOutput }] of inputs.slice(0, LARGEST)) console.log(row(path, bytesInOutput));
