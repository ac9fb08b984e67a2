import { frame } from "./frame.ts";
import { findProduct, gridOf, pictureOf } from "./catalogue.ts";

const here = (path: string): string => decodeURIComponent(new URL(path, import.meta.url).pathname);

/** Puts the shop's frame around each page, before anything else looks at it. */
const frameAroundPages = {
  name: "frame-around-pages",
  transformIndexHtml: {
    order: "pre",
    handler: (html: string): string =>
      html.replaceAll(/^ *<!-- frame: ([\w-]+) -->$/gm, (comment, name: string) => frame[name] ?? comment),
  },
} as const;

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
  plugins: [frameAroundPages, productsInPages],
  build: {
    outDir: here("../../dist/shop/shop"),
    emptyOutDir: true,
    target: "es2022",
    rollupOptions: {
      input: ["index", "landing", "landing-b", "product", "checkout", "404"].map((page) => here(`./${page}.html`)),
    },
  },
};
