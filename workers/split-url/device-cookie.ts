const ONE_YEAR_SECONDS = 365 * 24 * 3600;

/** The device id of the visitor's `ew_device` cookie, as long as a unit may be. The SDK reads and writes the same cookie. */
export const readDeviceId = (request: Request): string | undefined =>
  /(?:^|; *)ew_device=([^;]{1,256})(?:;|$)/.exec(request.headers.get("cookie") ?? "")?.[1];

/** The `Set-Cookie` that keeps a device id for a year. Scripts may read it, because the SDK shares it. */
export const deviceCookie = (deviceId: string, protocol: string): string =>
  `ew_device=${deviceId}; Max-Age=${ONE_YEAR_SECONDS}; Path=/; SameSite=Lax${protocol === "https:" ? "; Secure" : ""}`;
