export { type Client, type ClientOptions, createClient } from "./client.ts";
export type { ClientError, ClientErrorCode } from "./client-error.ts";
