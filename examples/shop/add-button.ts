import { putInBasket } from "./basket.ts";
import { findProduct } from "./catalogue.ts";
import { edgeworth } from "./edgeworth.ts";

/** Makes every button with `data-add="<product id>"` put that product in the basket. */
export const wireAddButtons = (): void => {
  for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-add]")) {
    const product = findProduct(button.dataset["add"] ?? null);
    if (!product) continue;
    button.addEventListener("click", () => {
      putInBasket(product);
      button.textContent = "In the basket";
      void edgeworth.then((client) => client?.track("add_to_basket", { properties: { product: product.id } }));
    });
  }
};
