import { join } from "node:path";

/** The repository's root folder. */
export const root = join(import.meta.dirname, "..");

/** The path of a file of the project, from its parts below the root. */
export const inRoot = (...parts: string[]): string => join(root, ...parts);
