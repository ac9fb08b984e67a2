import { findProduct, gridOf, pictureOf } from "./catalogue.ts";

const here = (path: string): string => decodeURIComponent(new URL(path, import.meta.url).pathname);

/** Writes the products into the pages, so that they are there without JavaScript too. */
const productsInPages = {
  name: "products-in-pages",
  transformIndexHtml: (html: string): string =>
    html
      .replaceAll(/(<ul [^>]*data-products[^>]*>)(?=<\/ul>)/g, (list) => list + gridOf())
      .replaceAll(/(<[^>]+ data-picture="(\w+)"[^>]*>)/g, (frame: string, _: string, id: string) => {
        const product = findProduct(id);
        return product ? frame + pictureOf(product) : frame;
      }),
};

/** Builds the shop, with the SDK in it, to `dist/shop/shop`: the Worker serves `dist/shop`, and the shop lives under `/shop/`. */
export default {
  root: here("."),
  base: "/shop/",
  plugins: [productsInPages],
  build: {
    outDir: here("../../dist/shop/shop"),
    emptyOutDir: true,
    target: "es2022",
    rollupOptions: {
      input: ["index", "landing", "landing-b", "product", "checkout", "404"].map((page) => here(`./${page}.html`)),
    },
  },
};
