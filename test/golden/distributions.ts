import type { Methods } from "./method.ts";

export const distributions: Methods = {};
