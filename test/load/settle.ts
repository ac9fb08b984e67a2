import type { Ledger } from "../../contract/ledger.ts";
import type { AdminClient } from "../../scripts/admin-client.ts";

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Every event that a ledger accounts for at the stage that is furthest behind. */
const accountedIn = ({ received, difference, archive_difference }: Ledger): number =>
  received - Math.max(difference, archive_difference);

/**
 * Waits until the environment has received and applied at least so many events more than in the ledger `before`, and has counted
 * and archived all of them. Gives the ledger as it is then, or when nothing has moved for `patienceMs`. `advance` is told how many more are accounted for.
 */
export const settle = async (
  admin: AdminClient,
  environment: string,
  before: Ledger,
  added: { readonly received: number; readonly applied: number },
  { patienceMs, advance }: { readonly patienceMs: number; readonly advance: (events: number) => void },
): Promise<Ledger> => {
  let accounted = accountedIn(before);
  let movedAt = performance.now();
  for (;;) {
    const ledger = await readLedger(admin, environment);
    const now = accountedIn(ledger);
    if (now !== accounted) movedAt = performance.now();
    advance(now - accounted);
    accounted = now;
    const isDone =
      ledger.received - before.received >= added.received &&
      ledger.applied - before.applied >= added.applied &&
      now === ledger.received;
    if (isDone || performance.now() - movedAt > patienceMs) return ledger;
    await wait(250);
  }
};

export const readLedger = (admin: AdminClient, environment: string): Promise<Ledger> =>
  admin.get<Ledger>(`/ledger?environment=${environment}`);
