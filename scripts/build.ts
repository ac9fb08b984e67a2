import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { command, tool } from "./command.ts";
import { inRoot } from "./root.ts";
import { Failure, runScript } from "./steps.ts";

interface Bundle {
  readonly name: string;
  /** Built in this order: the first one empties the output folder. */
  readonly configs: readonly string[];
  /** Folders and files whose change makes the bundle stale. */
  readonly sources: readonly string[];
  readonly output: string;
}

const bundles: readonly Bundle[] = [
  {
    name: "dashboard",
    configs: ["ui/vite.config.ts", "sdk/vite.config.ts"],
    sources: ["ui", "contract", "core", "sdk"],
    output: "dist/ui",
  },
  {
    name: "example shop",
    configs: ["examples/shop/vite.config.ts"],
    sources: ["examples/shop", "sdk", "core"],
    output: "dist/shop",
  },
];

const filesBelow = (path: string): string[] =>
  statSync(path).isDirectory()
    ? readdirSync(path)
        .toSorted()
        .flatMap((name) => filesBelow(join(path, name)))
    : [path];

/** A hash of everything that a bundle is made from. */
const fingerprintOf = (bundle: Bundle): string => {
  const hash = createHash("sha256");
  for (const file of [...bundle.sources, "package-lock.json"].flatMap((source) => filesBelow(inRoot(source))))
    hash.update(file).update(readFileSync(file));
  return hash.digest("hex");
};

/** Builds the dashboard and the example shop into `dist/`; what has not changed since the last build is left alone. */
export const build = async (): Promise<void> => {
  for (const bundle of bundles) {
    const marker = inRoot("node_modules", ".cache", "edgeworth", `${bundle.output.replaceAll("/", "-")}.built`);
    const fingerprint = fingerprintOf(bundle);
    if (existsSync(inRoot(bundle.output)) && existsSync(marker) && readFileSync(marker, "utf8") === fingerprint)
      continue;
    for (const config of bundle.configs) {
      const { code, output } = await command(
        tool("vite"),
        ["build", "--config", inRoot(config), "--logLevel", "warn"],
        {
          cwd: dirname(inRoot(config)),
          // Whatever started this, a test runner perhaps, what is built is what is shipped.
          env: { NODE_ENV: "production" },
        },
      );
      if (code !== 0) throw new Failure(`The ${bundle.name} does not build:\n${output}`);
    }
    mkdirSync(dirname(marker), { recursive: true });
    writeFileSync(marker, fingerprint);
  }
};

if (import.meta.main) runScript(build);
