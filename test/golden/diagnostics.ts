import type { Methods } from "./method.ts";

export const diagnostics: Methods = {};
