import { Failure } from "./steps.ts";

/**
 * Gives the example shop the client key that it decides and tracks with: the Worker in front of it reads the key from KV.
 * Goes through the local runtime's explorer, because the key exists only once the Workers run.
 */
export const giveShopItsKey = async (url: string, clientKey: string): Promise<void> => {
  const answer = await fetch(
    `${url}/cdn-cgi/local/explorer/api/storage/kv/namespaces/edgeworth-rules/values/${encodeURIComponent("example:client_key")}`,
    { method: "PUT", body: clientKey },
  );
  if (!answer.ok)
    throw new Failure(`The example shop could not be given its key: ${answer.status} ${await answer.text()}`);
};
