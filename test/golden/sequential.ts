import type { Methods } from "./method.ts";

export const sequential: Methods = {};
