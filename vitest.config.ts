import { defineConfig } from "vitest/config";

// The local runtime would keep a trace of every request, which costs more than answering it.
process.env["X_LOCAL_OBSERVABILITY"] = "false";

const setupFiles = ["test/seeded-properties.ts"];

/**
 * Three projects: pure code in Node; Workers in workerd with real bindings; pages in a real Chromium.
 * The last two run one file at a time: each starts a runtime of its own.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          setupFiles,
          include: ["test/{contract,core,counting,analytics,golden,simulations,sdk,ui,scripts,lint}/**/*.test.ts"],
        },
      },
      {
        test: {
          name: "integration",
          setupFiles,
          include: ["test/{d1,durable-objects,workers,faults,e2e}/**/*.test.ts"],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "browser",
          include: ["test/browser/**/*.test.ts"],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
