import type { NewReplay, Replay } from "../../../contract/replay.ts";
import type { AdminClient } from "../../../scripts/admin-client.ts";
import { eventually } from "../../platform.ts";

const isOver = ({ stage }: Replay): boolean => stage === "done" || stage === "failed";

export const showReplay = (
  admin: AdminClient,
  { environment, id }: Pick<Replay, "environment" | "id">,
): Promise<Replay> => admin.get<Replay>(`/environments/${environment}/replays/${id}`);

export const startReplay = (admin: AdminClient, environment: string, order: Partial<NewReplay> = {}): Promise<Replay> =>
  admin.post<Replay>(`/environments/${environment}/replays`, order);

/** Starts a replay and waits for its end. */
export const replay = async (
  admin: AdminClient,
  environment: string,
  order: Partial<NewReplay> = {},
): Promise<Replay> => {
  const started = await startReplay(admin, environment, order);
  return eventually(() => showReplay(admin, started), isOver, 90_000);
};
