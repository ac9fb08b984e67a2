import { command } from "./command.ts";
import { inRoot } from "./root.ts";
import { runScript } from "./steps.ts";

/** Loads the running local platform; see test/load/options.ts for the options. */
runScript(async () => {
  const { code } = await command(process.execPath, [inRoot("test", "load", "index.ts"), ...process.argv.slice(2)], {
    show: true,
  });
  process.exit(code);
});
