/** The name of a ruleset: SHA-256 of its text's UTF-8 in lower-case hex. */
export const rulesetHash = async (text: string): Promise<string> => {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
};

export const blobKey = (environment: string, hash: string): string => `rs:${environment}:${hash}`;

export const pointerKey = (environment: string): string => `rs:${environment}:pointer`;
