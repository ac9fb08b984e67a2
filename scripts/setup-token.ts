import { randomBytes } from "node:crypto";
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { Failure } from "./steps.ts";
import { complaintOf, tryWrangler } from "./wrangler.ts";

/** True when the deployed admin Worker has its SETUP_TOKEN already. */
const isSet = async (): Promise<boolean> => {
  const result = await tryWrangler("secret", "list", "--name", "edgeworth-admin");
  if (result.code === 0) return result.stdout.includes('"SETUP_TOKEN"');
  // A Worker that was never deployed has no secrets. Any other failure must not lead to a secret being replaced.
  if (/Worker "edgeworth-admin" not found/.test(complaintOf(result))) return false;
  throw new Failure(`The admin Worker's secrets cannot be listed:\n${complaintOf(result)}`);
};

/** Throws a {@link Failure} for a token that is easy to guess, or longer than the setup request takes. */
const checked = (token: string): string => {
  if (token.length < 20 || token.length > 200) throw new Failure("SETUP_TOKEN must have 20 to 200 characters.");
  return token;
};

/** Asks on the terminal, without showing what is typed. */
const ask = async (question: string): Promise<string> => {
  process.stdout.write(question);
  const hidden = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: hidden, terminal: true });
  terminal.on("SIGINT", () => process.exit(130));
  const answer = await terminal.question("");
  terminal.close();
  process.stdout.write("\n");
  return answer.trim();
};

/**
 * The SETUP_TOKEN to upload with the admin Worker, or `undefined` when it has one already. Taken from the environment,
 * else asked for on a terminal; an empty answer makes a random one, which is shown here and nowhere else. Throws a
 * {@link Failure} where nobody can be asked.
 */
export const askSetupToken = async (): Promise<string | undefined> => {
  if (process.env.SETUP_TOKEN) return checked(process.env.SETUP_TOKEN);
  if (await isSet()) return undefined;
  if (!process.stdin.isTTY)
    throw new Failure(
      "The admin Worker needs a SETUP_TOKEN secret. Run again as: SETUP_TOKEN=<20 to 200 random characters> npm run deploy",
    );
  const answer = await ask("\nSETUP_TOKEN for the first administrator (empty: make one): ");
  if (answer !== "") return checked(answer);
  const made = randomBytes(24).toString("base64url");
  // Shown before it is used: a deploy that fails half-way may have set it already.
  console.log(`SETUP_TOKEN made, shown only now: ${made}\n`);
  return made;
};
