import { command } from "./command.ts";
import { inRoot } from "./root.ts";
import { runScript } from "./steps.ts";

/** Simulates how often the methods of `analytics/` err; see test/simulations/index.ts. */
runScript(async () => {
  const { code } = await command(
    process.execPath,
    [inRoot("test", "simulations", "index.ts"), ...process.argv.slice(2)],
    {
      show: true,
    },
  );
  process.exit(code);
});
