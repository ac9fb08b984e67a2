/** Runs every benchmark of this folder, one after the other: `node bench/index.ts [name …]`. */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";

const folder = new URL(".", import.meta.url);
const names = readdirSync(folder)
  .filter((file) => file.endsWith(".ts") && file !== "index.ts")
  .map((file) => basename(file, ".ts"));
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`There is no benchmark called ${unknown.join(", ")}. There are: ${names.join(", ")}.`);
  process.exit(1);
}
for (const name of asked.length > 0 ? asked : names) {
  const { status } = spawnSync(process.execPath, ["--expose-gc", fileURLToPath(new URL(`${name}.ts`, folder))], {
    stdio: "inherit",
  });
  if (status !== 0) process.exit(status ?? 1);
}
