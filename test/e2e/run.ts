import { readLocalAccess, stateDirOf } from "../../scripts/local-access.ts";
import { Failure, runScript } from "../../scripts/steps.ts";
import { wholeLife } from "./whole-life.ts";

/** Plays the whole life of the example experiment on a platform started by `npm start` on fresh state. */
runScript(async () => {
  const access = readLocalAccess(stateDirOf(process.env));
  if (!access) throw new Failure("No local platform found. Start one first: npm start");
  await wholeLife({ url: access.url, adminKey: access.admin_api_key, serverKey: access.sdk_server_key }, console.log);
});
