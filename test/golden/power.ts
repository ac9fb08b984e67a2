import type { Methods } from "./method.ts";

export const power: Methods = {};
