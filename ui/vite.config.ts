// oxlint-disable-next-line no-restricted-imports -- the rule keeps Vite out of the dashboard's code; this file is its build
import tailwindcss from "@tailwindcss/vite";
import solid from "vite-plugin-solid";

const here = (path: string): string => decodeURIComponent(new URL(path, import.meta.url).pathname);

declare const process: { env: { NODE_ENV?: string } };

// Whoever builds may have another NODE_ENV (Vitest sets `test`), and then the libraries' development builds would be shipped.
const shipped = {
  name: "shipped",
  config: (_: unknown, { command }: { command: string }): void => {
    if (command === "build") process.env.NODE_ENV = "production";
  },
};

/** Builds the dashboard to `dist/ui`, which the front Worker serves as static assets. */
export default {
  root: here("."),
  base: "/",
  plugins: [shipped, solid(), tailwindcss()],
  build: {
    outDir: here("../dist/ui"),
    emptyOutDir: true,
    target: "es2023",
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    rolldownOptions: {
      output: {
        // What most pages share is one file instead of a dozen tiny ones, and the libraries outlive our releases in caches.
        codeSplitting: {
          groups: [
            { name: "solid", test: /node_modules\/(solid-js|@solidjs)\//, priority: 2 },
            {
              name: "parts",
              test: /\/ui\/(parts|format|clock|media-query|experiments\/status)/,
              minShareCount: 2,
              priority: 1,
            },
          ],
        },
      },
    },
  },
};
