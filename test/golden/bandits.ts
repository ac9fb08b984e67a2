import type { Methods } from "./method.ts";

export const bandits: Methods = {};
