import { scrypt, timingSafeEqual } from "node:crypto";

/** OWASP's parameters for scrypt at 16 MB of memory (Password Storage Cheat Sheet). */
const COST = { N: 2 ** 14, r: 8, p: 5, maxmem: 64 * 1024 * 1024 };
const KEY_BYTES = 32;

const derive = (password: string, salt: Uint8Array): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    scrypt(password.normalize("NFKC"), salt, KEY_BYTES, COST, (error, key) => {
      if (error) reject(error);
      else resolve(key);
    });
  });

const encode = (bytes: Uint8Array): string => btoa(String.fromCodePoint(...bytes));
const decode = (text: string): Uint8Array => Uint8Array.from(atob(text), (char) => char.codePointAt(0) ?? 0);

/** `scrypt$<salt>$<key>`, both in base64. */
export const hashPassword = async (password: string): Promise<string> => {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  return `scrypt$${encode(salt)}$${encode(await derive(password, salt))}`;
};

/** Stands in for the hash of somebody who does not exist: no password has it, and checking one takes as long. */
const NOBODY = `scrypt$${encode(new Uint8Array(16))}$${encode(new Uint8Array(KEY_BYTES))}`;

/** Whether the password is the one that was hashed. Does the same work when there is no hash, and then says no. */
export const isPassword = async (password: string, hash: string | undefined): Promise<boolean> => {
  const [, salt = "", key = ""] = (hash ?? NOBODY).split("$");
  const isSame = timingSafeEqual(await derive(password, decode(salt)), decode(key));
  return isSame && hash !== undefined;
};
