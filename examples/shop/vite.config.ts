const here = (path: string): string => decodeURIComponent(new URL(path, import.meta.url).pathname);

/** Builds the shop, with the SDK in it, to `dist/shop/shop`: the Worker serves `dist/shop`, and the shop lives under `/shop/`. */
export default {
  root: here("."),
  base: "/shop/",
  build: {
    outDir: here("../../dist/shop/shop"),
    emptyOutDir: true,
    target: "es2022",
    rollupOptions: {
      input: ["index", "landing", "landing-b", "product", "checkout"].map((page) => here(`./${page}.html`)),
    },
  },
};
