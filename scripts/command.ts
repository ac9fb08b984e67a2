import { spawn } from "node:child_process";
import { inRoot, root } from "./root.ts";

export interface CommandResult {
  readonly code: number;
  /** stdout and stderr as they came. */
  readonly output: string;
  readonly stdout: string;
}

/** The environment for tools: metrics off, the pinned Node first on the PATH. */
export const toolEnvironment = (extra: Record<string, string> = {}): NodeJS.ProcessEnv => ({
  ...process.env,
  WRANGLER_SEND_METRICS: "false",
  PATH: `${inRoot("node_modules", ".bin")}:${process.env.PATH ?? ""}`,
  ...extra,
});

/** The file that npm links for a tool's command. */
export const tool = (name: string): string => inRoot("node_modules", ".bin", name);

/**
 * Runs a command to its end. `show` lets its output through to the terminal; otherwise it is returned.
 */
export const command = (
  file: string,
  args: readonly string[],
  options: { show?: boolean; env?: Record<string, string>; cwd?: string; input?: string } = {},
): Promise<CommandResult> =>
  new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd: options.cwd ?? root,
      env: toolEnvironment(options.env),
      stdio: [
        options.input === undefined ? "ignore" : "pipe",
        options.show ? "inherit" : "pipe",
        options.show ? "inherit" : "pipe",
      ],
    });
    let output = "";
    let stdout = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      stdout += chunk.toString();
    });
    child.stderr?.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stdin?.end(options.input);
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? 1, output, stdout }));
  });
