import type { Methods } from "./method.ts";

export const calibration: Methods = {};
