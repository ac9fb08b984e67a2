import type { RulesetKey } from "../../contract/ruleset.ts";

/** How long a token opens streams at the most; at the least, half of it. */
const MAX_LIFETIME_S = 600;
const STEP_S = MAX_LIFETIME_S / 2;

const token = /^([a-z0-9][a-z0-9-]{0,39})\.([A-Za-z0-9_-]{1,60})\.([0-9]{1,12})\.([0-9a-f]{64})$/;

/** What a token says, before anybody has checked that it is genuine. */
export interface StreamToken {
  readonly environment: string;
  readonly keyId: string;
  /** s since 1970. */
  readonly expiresAt: number;
  /** HMAC-SHA-256 in lower-case hex. */
  readonly mac: string;
}

/**
 * The path of a stream, for clients that can send no header and would keep an SDK key from its URL: `GET` it as EventSource
 * does. It opens nothing else than that stream, which tells only that something has changed, and for ten minutes at the
 * most; it is worth nothing once the SDK key is revoked. The same for five minutes on end, so that an answer which names it
 * keeps its entity tag. `version` is the one that the client holds: a newer one is told at once.
 */
export const streamPath = async (
  { id, hash }: RulesetKey,
  environment: string,
  version: number,
  now: number,
): Promise<string> => {
  const expiresAt = (Math.floor(now / 1000 / STEP_S) + 2) * STEP_S;
  const mac = await crypto.subtle.sign("HMAC", await secretOf(hash), signedText(environment, id, expiresAt));
  return `/v1/stream?token=${environment}.${id}.${expiresAt}.${hexOf(mac)}&since=${version}`;
};

/** The parts of a token; `undefined` for what is none. */
export const parseStreamToken = (text: string): StreamToken | undefined => {
  const [, environment, keyId, expiresAt, mac] = token.exec(text) ?? [];
  return environment === undefined || keyId === undefined || mac === undefined
    ? undefined
    : { environment, keyId, expiresAt: Number(expiresAt), mac };
};

/** Whether the token was made with the SDK key and has not expired. `key` is the one that its `keyId` names. */
export const isGenuine = async (
  { environment, expiresAt, mac }: StreamToken,
  key: RulesetKey,
  now: number,
): Promise<boolean> =>
  now < expiresAt * 1000 &&
  (await crypto.subtle.verify(
    "HMAC",
    await secretOf(key.hash),
    bytesOf(mac),
    signedText(environment, key.id, expiresAt),
  ));

/** The key's hash is known to us and to whoever holds the key, who may open the stream anyway. */
const secretOf = (keyHash: string): Promise<CryptoKey> =>
  crypto.subtle.importKey("raw", new TextEncoder().encode(keyHash), { name: "HMAC", hash: "SHA-256" }, false, [
    "sign",
    "verify",
  ]);

const signedText = (environment: string, keyId: string, expiresAt: number): Uint8Array =>
  new TextEncoder().encode(`stream ${environment} ${keyId} ${expiresAt}`);

const hexOf = (bytes: ArrayBuffer): string =>
  Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");

const bytesOf = (hex: string): Uint8Array =>
  Uint8Array.from({ length: hex.length / 2 }, (_, index) => Number.parseInt(hex.slice(2 * index, 2 * index + 2), 16));
