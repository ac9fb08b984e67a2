// The door of every npm script, in plain JavaScript because it runs on whatever Node the reader has (20 or newer).
// It installs what package-lock.json names when that is not installed yet, then hands over to the pinned Node.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const [script = "", ...args] = process.argv.slice(2);

const [major = 0] = process.versions.node.split(".").map(Number);
if (major < 20) {
  console.error(`Edgeworth needs Node 20 or newer to start; this is ${process.versions.node}.`);
  process.exit(1);
}

const lock = createHash("sha256")
  .update(readFileSync(join(root, "package-lock.json")))
  .digest("hex");
const marker = join(root, "node_modules", ".edgeworth-installed");
if (!existsSync(marker) || readFileSync(marker, "utf8") !== lock) {
  console.log("Installing dependencies (once; a minute or so)…");
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  // Not `npm ci`: it refuses a lock file made where a registry lacks other platforms' optional binaries.
  const { status } = spawnSync(npm, ["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: "inherit",
  });
  if (status !== 0) {
    console.error("npm install failed; nothing was started. The message above says why.");
    process.exit(status ?? 1);
  }
  writeFileSync(marker, lock);
}

const node = join(root, "node_modules", "node", "bin", process.platform === "win32" ? "node.exe" : "node");
const child = spawn(existsSync(node) ? node : process.execPath, [join(root, "scripts", `${script}.ts`), ...args], {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, WRANGLER_SEND_METRICS: "false" },
});
// A supervisor signals only this process. A terminal sends Ctrl-C to the child as well, who takes the two for one.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
// npm dies of a signal without passing it on; whoever lost its parent ends too.
const parent = process.ppid;
const watch = setInterval(() => {
  if (process.ppid === parent) return;
  clearInterval(watch);
  child.kill("SIGTERM");
}, 500);
watch.unref();
child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 1)));
