import type { Methods } from "./method.ts";

export const designs: Methods = {};
