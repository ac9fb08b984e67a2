import type { ApiKeyType } from "../../contract/api-key.ts";

const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const SECRET_LENGTH = 32;

/** 190 random bits in base 62; bytes that would favour some characters are thrown away. */
const randomSecret = (): string => {
  let secret = "";
  while (secret.length < SECRET_LENGTH)
    for (const byte of crypto.getRandomValues(new Uint8Array(SECRET_LENGTH)))
      if (byte < 248 && secret.length < SECRET_LENGTH) secret += BASE62.charAt(byte % 62);
  return secret;
};

/** A key and the beginning by which its owner recognises it: `ew_client_production_<32>`, `ew_admin_<32>`. */
export const newKey = (type: ApiKeyType, environment: string | null): { key: string; hint: string } => {
  const prefix = `ew_${type}_${environment === null ? "" : `${environment}_`}`;
  const key = prefix + randomSecret();
  return { key, hint: key.slice(0, prefix.length + 4) };
};
