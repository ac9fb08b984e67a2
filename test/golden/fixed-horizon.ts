import type { Methods } from "./method.ts";

export const fixedHorizon: Methods = {};
