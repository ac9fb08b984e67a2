const here = (path: string): string => decodeURIComponent(new URL(path, import.meta.url).pathname);

/** The SDK as one module for pages without a bundler: the platform serves it as /sdk/edgeworth.js. */
export default {
  root: here("."),
  build: {
    lib: { entry: here("./index.ts"), formats: ["es"], fileName: () => "edgeworth.js" },
    outDir: here("../dist/ui/sdk"),
    emptyOutDir: false,
    target: "es2022",
  },
};
