import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { command } from "./cores.ts";

const binary = fileURLToPath(new URL("../../node_modules/workerd/bin/workerd", import.meta.url));

/** A Worker that is served on a port of its own. */
export interface BenchWorker {
  readonly entry: string;
  /** Texts that it finds in its `env`. */
  readonly texts: Readonly<Record<string, string>>;
  /** Durable Objects with a database on the disk: their classes by binding. */
  readonly objects?: Readonly<Record<string, string>>;
}

/** One `workerd serve` with a Worker behind each of its ports. */
export interface Workerd {
  readonly ports: ReadonlyMap<string, number>;
  /** CPU time that the process has used, in µs; `undefined` where there is no /proc. */
  cpuUs(): Promise<number | undefined>;
  stop(): Promise<void>;
}

/** Bundles each Worker with esbuild, as wrangler does for production, and serves all of them from one process. */
export const startWorkerd = async (workers: Readonly<Record<string, BenchWorker>>): Promise<Workerd> => {
  const folder = await mkdtemp(join(tmpdir(), "edgeworth-bench-"));
  const entries = Object.entries(workers);
  await build({
    entryPoints: Object.fromEntries(entries.map(([name, { entry }]) => [name, entry])),
    outdir: folder,
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2024",
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:*"],
  });
  for (const [name, { texts }] of entries)
    for (const [text, value] of Object.entries(texts)) await writeFile(join(folder, `${name}.${text}`), value);
  await mkdir(join(folder, "disk"));
  await writeFile(join(folder, "config.capnp"), configOf(workers, folder));
  const [program, ...args] = command("server", binary, "serve", "--control-fd=3", join(folder, "config.capnp"));
  const child = spawn(program, args, { stdio: ["ignore", "inherit", "inherit", "pipe"] });
  const ports = await readPorts(child, entries.length);
  return {
    ports,
    cpuUs: () => readCpuUs(child.pid ?? 0),
    async stop() {
      if (child.exitCode === null) {
        child.kill();
        await once(child, "exit");
      }
      await rm(folder, { recursive: true });
    },
  };
};

const configOf = (workers: Readonly<Record<string, BenchWorker>>, folder: string): string => {
  const workerOf = ([name, { texts, objects = {} }]: [string, BenchWorker]): string => {
    const bindings = [
      ...Object.keys(texts).map((text) => `(name = "${text}", text = embed "${name}.${text}")`),
      ...Object.entries(objects).map(([binding, type]) => `(name = "${binding}", durableObjectNamespace = "${type}")`),
    ];
    const namespaces = Object.values(objects).map(
      (type) => `(className = "${type}", uniqueKey = "${name}-${type}", enableSql = true)`,
    );
    const storage =
      namespaces.length === 0
        ? ""
        : `, durableObjectNamespaces = [${namespaces.join(", ")}], durableObjectStorage = (localDisk = "disk")`;
    return `(name = "${name}", worker = (modules = [(name = "worker", esModule = embed "${name}.js")], compatibilityDate = "2026-11-01", bindings = [${bindings.join(", ")}]${storage}))`;
  };
  const entries = Object.entries(workers);
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [${entries.map(workerOf).join(", ")}, (name = "disk", disk = (path = "${join(folder, "disk")}", writable = true))],
  sockets = [${entries.map(([name]) => `(name = "${name}", address = "127.0.0.1:0", http = (), service = "${name}")`).join(", ")}],
);
`;
};

/** workerd tells on its control descriptor which free port each socket got. */
const readPorts = async (child: ChildProcess, count: number): Promise<ReadonlyMap<string, number>> => {
  const control = child.stdio[3];
  if (!(control instanceof Readable)) throw new Error("workerd has no control descriptor.");
  const ports = new Map<string, number>();
  for await (const line of createInterface({ input: control })) {
    const message: { event: string; socket: string; port: number } = JSON.parse(line);
    if (message.event === "listen") ports.set(message.socket, message.port);
    if (ports.size === count) return ports;
  }
  throw new Error("workerd ended before it listened.");
};

/** Linux counts process time in ticks of 10 ms: fields 14 and 15 of /proc/<pid>/stat, see proc(5). */
const readCpuUs = async (pid: number): Promise<number | undefined> => {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields && (Number(fields[11]) + Number(fields[12])) * 10_000;
};
