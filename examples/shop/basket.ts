import { findProduct, type Product } from "./catalogue.ts";

const STORE = "slow-cup-basket";

/** What the basket holds where the page may store nothing: it then ends with the page. */
let unstored = "";

const read = (): string => {
  try {
    return localStorage.getItem(STORE) ?? "";
  } catch {
    return unstored;
  }
};

const store = (text: string): void => {
  try {
    localStorage.setItem(STORE, text);
  } catch {
    unstored = text;
  }
};

/** The products in the basket, one entry for each piece. */
export const basket = (): Product[] =>
  read()
    .split(",")
    .map((id) => findProduct(id))
    .filter((product) => product !== undefined);

const keep = (products: readonly Product[]): void => {
  store(products.map(({ id }) => id).join(","));
  showBasketSize();
};

export const putInBasket = (product: Product): void => keep([...basket(), product]);

export const emptyBasket = (): void => keep([]);

/** In euros. */
export const totalOf = (products: readonly Product[]): number => products.reduce((sum, { price }) => sum + price, 0);

/** Writes the number of pieces into the page's basket link. */
export const showBasketSize = (): void => {
  const badge = document.querySelector("[data-basket-size]");
  if (badge) badge.textContent = String(basket().length);
};
