import { Hono } from "hono";
import { Credentials } from "../../../contract/session.ts";
import type { Session } from "../../../contract/session.ts";
import { deleteSession } from "../../../d1/sessions.ts";
import { findUser } from "../../../d1/users.ts";
import { Problem } from "../../http/problem.ts";
import { checkOrigin } from "../authentication.ts";
import type { AdminEnv } from "../env.ts";
import { isPassword } from "../password.ts";
import { allow } from "../permissions.ts";
import { beginSession, clearSessionCookie } from "../session-cookie.ts";
import { limitSignIn } from "../sign-in-limit.ts";
import { body } from "../valid.ts";

/** Which of the two is not said. */
const SIGN_IN_WRONG = "The e-mail or the password is wrong.";

export const session = new Hono<AdminEnv>()
  .post("/", body(Credentials), async (c) => {
    // Browsers always say where a form comes from; a page of another site must not sign its visitor in.
    if (c.req.header("origin") !== undefined) checkOrigin(c);
    const { email, password } = c.req.valid("json");
    const forget = await limitSignIn(c, email);
    const user = await findUser(c.env.DB, email);
    if (!(await isPassword(password, user?.password_hash)) || user === undefined)
      throw new Problem(401, "invalid_credentials", SIGN_IN_WRONG, { errors: [{ path: "", message: SIGN_IN_WRONG }] });
    await forget();
    await beginSession(c, user.id);
    const result: Session = { email: user.email, role: user.role };
    return c.json(result, 201);
  })

  .get("/", allow("own_session"), (c) => {
    const principal = c.get("principal");
    if (principal.kind === "key") throw new Problem(403, "forbidden", "An admin key has no session; sign in for one.");
    const result: Session = { email: principal.email, role: principal.role };
    return c.json(result);
  })

  .delete("/", allow("own_session"), async (c) => {
    const principal = c.get("principal");
    if (principal.kind === "key")
      throw new Problem(403, "forbidden", "An admin key has no session; revoke the key instead.");
    await deleteSession(c.env.DB, principal.token_hash);
    clearSessionCookie(c);
    return c.body(null, 204);
  });
