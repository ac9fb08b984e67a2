import type { Environment } from "../contract/environment.ts";
import type { Ledger } from "../contract/ledger.ts";
import { createAdminClient } from "./admin-client.ts";
import type { LocalAccess } from "./local-access.ts";

/** A message waits in the queue for its batch for 2 s: when nothing has moved for longer, everything is counted that shows nowhere yet. */
const QUIET_MS = 3_000;
/** When what is missed has not moved for longer, it will not come. */
const PATIENCE_MS = 4_000;
/** Whoever keeps sending must not keep the platform from stopping. */
const LIMIT_MS = 10_000;

/**
 * Waits until every event that was taken is counted: the local queue lives in the runtime's memory and dies with it.
 * Ends early when nothing moves any more, after {@link LIMIT_MS} or when `hurry` aborts, and says then how many are missing.
 */
export const drain = async (access: LocalAccess, hurry: AbortSignal): Promise<void> => {
  const admin = createAdminClient(access.url, { authorization: `Bearer ${access.admin_api_key}` });
  const { items } = await admin.get<{ items: Environment[] }>("/environments");
  let seen = "";
  let movedAt = Date.now();
  const deadline = movedAt + LIMIT_MS;
  for (;;) {
    const ledgers = await Promise.all(items.map(({ key }) => admin.get<Ledger>(`/ledger?environment=${key}`)));
    const left = ledgers.reduce((sum, { difference }) => sum + difference, 0);
    const counts = JSON.stringify(ledgers.map(({ as_of: _asOf, ...ledger }) => ledger));
    if (counts !== seen) movedAt = Date.now();
    seen = counts;
    // What was sent in the last seconds is in no ledger before it is counted.
    if (left === 0 && Date.now() > movedAt + QUIET_MS) return;
    if (left > 0 && (hurry.aborted || Date.now() > Math.min(deadline, movedAt + PATIENCE_MS))) {
      console.log(`${left} events were taken but never counted; the ledger shows them as its difference.`);
      return;
    }
    if (hurry.aborted || Date.now() > deadline) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
};
