import type { Methods } from "./method.ts";

export const varianceReduction: Methods = {};
