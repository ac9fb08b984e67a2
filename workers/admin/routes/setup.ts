import { timingSafeEqual } from "node:crypto";
import { Hono } from "hono";
import { Setup } from "../../../contract/session.ts";
import type { Session } from "../../../contract/session.ts";
import { newId } from "../../../d1/id.ts";
import { countUsers, insertUser } from "../../../d1/users.ts";
import { sha256Hex } from "../../http/credentials.ts";
import { Problem } from "../../http/problem.ts";
import type { AdminEnv } from "../env.ts";
import { hashPassword } from "../password.ts";
import { beginSession } from "../session-cookie.ts";
import { limitSignIn } from "../sign-in-limit.ts";
import { body } from "../valid.ts";
import { write } from "../write.ts";

/** Compares without telling by its time how much of the token was right. */
const isSame = async (a: string, b: string): Promise<boolean> => {
  const encoder = new TextEncoder();
  return timingSafeEqual(encoder.encode(await sha256Hex(a)), encoder.encode(await sha256Hex(b)));
};

/** Makes the first administrator, with the SETUP_TOKEN secret, once. */
export const setup = new Hono<AdminEnv>().post("/", body(Setup), async (c) => {
  const { token, email, password } = c.req.valid("json");
  const forget = await limitSignIn(c, "setup");
  const secret = c.env.SETUP_TOKEN;
  if (secret === undefined || secret === "")
    throw new Problem(403, "forbidden", "Set the SETUP_TOKEN secret of this Worker first.");
  if (!(await isSame(token, secret)))
    throw new Problem(401, "invalid_credentials", "This is not the SETUP_TOKEN secret.", {
      errors: [{ path: "token", message: "This is not the SETUP_TOKEN secret." }],
    });
  await forget();
  const checkIsFirst = async () => {
    if ((await countUsers(c.env.DB)) > 0)
      throw new Problem(409, "setup_done", "The first administrator exists already. Sign in instead.");
  };
  await checkIsFirst();
  const user = {
    id: newId("usr"),
    email,
    role: "admin" as const,
    password_hash: await hashPassword(password),
    created_at: new Date().toISOString(),
  };
  const session = await write(
    c,
    async () => {
      await checkIsFirst();
      const result: Session = { email, role: user.role };
      return {
        result,
        statements: [insertUser(c.env.DB, user)],
        action: "user.setup",
        target: `user:${email}`,
        change: { before: null, after: result },
      };
    },
    `user:${email}`,
  );
  await beginSession(c, user.id);
  return c.json(session, 201);
});
