import { sha256Hex } from "./credentials.ts";

/**
 * What stands for a unit where an environment keeps no ids of units: `h_` and 32 hex digits of a SHA-256 of the environment's
 * salt, the unit's type and the unit. Without the salt nobody can tell whose it is, or check whether somebody's is there.
 */
export const hashUnit = async (salt: string, unitType: string, unit: string): Promise<string> =>
  `h_${(await sha256Hex(JSON.stringify([salt, unitType, unit]))).slice(0, 32)}`;
