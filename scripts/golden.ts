import { command } from "./command.ts";
import { inRoot } from "./root.ts";
import { runScript } from "./steps.ts";

/** Runs golden vectors against `analytics/`; see test/golden/index.ts. */
runScript(async () => {
  const { code } = await command(process.execPath, [inRoot("test", "golden", "index.ts"), ...process.argv.slice(2)], {
    show: true,
  });
  process.exit(code);
});
