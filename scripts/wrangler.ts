import { stripVTControlCharacters } from "node:util";
import { command, type CommandResult, tool } from "./command.ts";
import { Failure } from "./steps.ts";

/** Runs wrangler, which asks nothing (`CI`), to its end, whatever that is. */
export const tryWrangler = (...args: string[]): Promise<CommandResult> =>
  command(tool("wrangler"), args, { env: { CI: "1" } });

/** What wrangler complains of, without its banner, colours, stack and log file. */
export const complaintOf = ({ output }: CommandResult): string => {
  const plain = stripVTControlCharacters(output);
  const start = plain.indexOf("✘ [ERROR]");
  return (start === -1 ? plain : plain.slice(start))
    .split(/^(?:APIError:|🪵|📎| *If you think this is a bug)/mu, 1)
    .join("")
    .trim();
};

/** Runs wrangler and gives what it wrote to stdout. Throws a {@link Failure} when it does not succeed. */
export const wrangler = async (...args: string[]): Promise<string> => {
  const result = await tryWrangler(...args);
  if (result.code !== 0) throw new Failure(`\`wrangler ${args.join(" ")}\` failed:\n${complaintOf(result)}`);
  return result.stdout;
};
