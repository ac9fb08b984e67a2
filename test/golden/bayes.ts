import type { Methods } from "./method.ts";

export const bayes: Methods = {};
