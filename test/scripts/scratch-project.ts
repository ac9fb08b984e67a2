import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { root } from "../../scripts/root.ts";
import { workers } from "../../scripts/workers.ts";
import type { CloudflareApi } from "./cloudflare-api.ts";

/** What a deploy neither reads nor may touch. */
const LEFT_OUT = new Set(["node_modules", "dist", "test", "bench", "docs"]);

/** How a script ended. */
export interface Outcome {
  readonly code: number | null;
  readonly output: string;
}

/** A copy of the project with a `dist/` and a build cache of its own, and the installed packages of the original. */
export interface ScratchProject {
  readonly folder: string;
  /**
   * Runs `scripts/deploy.ts` with no terminal, no Cloudflare sign-in and none of the reader's variables, but those of
   * `environment`. Ends it by a signal as soon as `stopWhen` is true.
   */
  deploy(
    args: readonly string[],
    environment?: Readonly<Record<string, string>>,
    stopWhen?: () => boolean,
  ): Promise<Outcome>;
  /** Files that only a running deploy may have: configurations with the account's ids, and secrets. */
  leftovers(): string[];
  remove(): void;
}

export const makeScratchProject = (): ScratchProject => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "edgeworth-project-")));
  for (const name of readdirSync(root))
    if (!LEFT_OUT.has(name) && !name.startsWith(".")) cpSync(join(root, name), join(folder, name), { recursive: true });
  mkdirSync(join(folder, "node_modules"));
  for (const name of readdirSync(join(root, "node_modules")))
    if (name === ".bin" || !name.startsWith("."))
      symlinkSync(join(root, "node_modules", name), join(folder, "node_modules", name));
  // wrangler keeps its sign-in and its logs in the home folder, the deploy its secrets file in the temporary one.
  const home = join(folder, ".home");
  mkdirSync(home);

  return {
    folder,
    deploy: (args, environment = {}, stopWhen = () => false) =>
      new Promise((resolve, reject) => {
        const child = spawn(process.execPath, [join(folder, "scripts", "deploy.ts"), ...args], {
          cwd: folder,
          stdio: ["ignore", "pipe", "pipe"],
          env: {
            PATH: process.env.PATH,
            HOME: home,
            XDG_CONFIG_HOME: home,
            TMPDIR: home,
            WRANGLER_SEND_METRICS: "false",
            ...environment,
          },
        });
        let output = "";
        for (const stream of [child.stdout, child.stderr])
          stream.setEncoding("utf8").on("data", (text: string) => (output += text));
        // Asked no more once it was true: a later look would see what the deploy has tidied away by then.
        const timer = setInterval(() => {
          if (!stopWhen()) return;
          clearInterval(timer);
          child.kill("SIGTERM");
        }, 5);
        child.on("error", reject);
        child.on("close", (code) => {
          clearInterval(timer);
          resolve({ code, output });
        });
      }),
    leftovers: () => [
      ...workers
        .map(({ config }) => join(dirname(config), "wrangler.deploy.toml"))
        .filter((path) => existsSync(join(folder, path))),
      ...readdirSync(home).filter((name) => name.startsWith("edgeworth-")),
    ],
    // A signal ends the deploy at once; the wrangler that it had started may need a moment more.
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 }),
  };
};

/** The variables that make wrangler talk to the stand-in, as the owner of its account. */
export const signedInTo = (api: CloudflareApi): Record<string, string> => ({
  CLOUDFLARE_API_BASE_URL: api.url,
  CLOUDFLARE_API_TOKEN: api.account.token,
  CLOUDFLARE_ACCOUNT_ID: api.account.id,
});
