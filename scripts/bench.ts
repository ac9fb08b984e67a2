import { command } from "./command.ts";
import { inRoot } from "./root.ts";
import { Failure, runScript } from "./steps.ts";

runScript(async () => {
  const { code } = await command(process.execPath, [inRoot("bench", "index.ts"), ...process.argv.slice(2)], {
    show: true,
  });
  if (code !== 0) throw new Failure("A benchmark failed; see above.");
});
