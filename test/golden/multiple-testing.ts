import type { Methods } from "./method.ts";

export const multipleTesting: Methods = {};
