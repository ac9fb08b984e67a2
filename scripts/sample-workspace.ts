import type { Experiment } from "../contract/experiment.ts";
import { sampleExperiments, sampleMetrics } from "../examples/shop/workspace.ts";
import { createAdminClient, createUnlessTaken } from "./admin-client.ts";
import type { LocalAccess } from "./local-access.ts";

/** Makes the example shop's metrics and experiments and starts them; what exists already is left as it is. */
export const ensureSampleWorkspace = async (access: LocalAccess): Promise<void> => {
  const admin = createAdminClient(access.url, { authorization: `Bearer ${access.admin_api_key}` });
  for (const metric of sampleMetrics) await createUnlessTaken(admin, "/metrics", metric);
  for (const experiment of sampleExperiments) {
    await createUnlessTaken(admin, "/experiments", experiment);
    const { status } = await admin.get<Experiment>(`/experiments/${experiment.key}`);
    if (status === "draft") await admin.patch(`/experiments/${experiment.key}/status`, { status: "running" });
  }
};
