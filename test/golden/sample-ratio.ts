import type { Methods } from "./method.ts";

export const sampleRatio: Methods = {};
