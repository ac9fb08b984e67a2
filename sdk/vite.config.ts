import { defineConfig } from "vite";

/** The SDK as one module for pages without a bundler: the platform serves it as /sdk/edgeworth.js. */
export default defineConfig({
  root: import.meta.dirname,
  build: {
    lib: { entry: "index.ts", formats: ["es"], fileName: () => "edgeworth.js" },
    outDir: "../dist/ui/sdk",
    emptyOutDir: false,
    target: "es2022",
  },
});
