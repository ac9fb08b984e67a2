import { randomBytes } from "node:crypto";
import { createInterface } from "node:readline/promises";
import { command, tool } from "./command.ts";
import { Failure } from "./steps.ts";

/** True when the deployed admin Worker has its SETUP_TOKEN already. */
const isSet = async (): Promise<boolean> => {
  const { code, output } = await command(tool("wrangler"), ["secret", "list", "--name", "edgeworth-admin"], {
    env: { CI: "1" },
  });
  // A Worker that was never deployed has no secrets to list.
  return code === 0 && output.includes('"SETUP_TOKEN"');
};

/**
 * The SETUP_TOKEN to upload with the admin Worker, or `undefined` when it has one already. Taken from the environment,
 * else asked for on a terminal; an empty answer makes a random one. Throws a {@link Failure} where nobody can be asked.
 */
export const askSetupToken = async (): Promise<string | undefined> => {
  if (process.env.SETUP_TOKEN) return process.env.SETUP_TOKEN;
  if (await isSet()) return undefined;
  if (!process.stdin.isTTY)
    throw new Failure(
      "The admin Worker needs a SETUP_TOKEN secret. Run again as: SETUP_TOKEN=<at least 20 random characters> npm run deploy",
    );
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = (await terminal.question("\nSETUP_TOKEN for the first administrator (empty: make one): ")).trim();
  terminal.close();
  return answer === "" ? randomBytes(24).toString("base64url") : answer;
};
