import { basket, emptyBasket, showBasketSize, totalOf } from "./basket.ts";
import { pictureOf, priceOf } from "./catalogue.ts";
import { edgeworth } from "./edgeworth.ts";

const EXPERIMENT = "shop_checkout_button";

/** Shows which variant the visitor is in, to those who ask with `?debug=1`. */
const showVariant = (variant: string | null): void => {
  if (new URLSearchParams(location.search).get("debug") !== "1") return;
  const note = document.createElement("output");
  note.className = "debug";
  note.textContent = `${EXPERIMENT}: ${variant ?? "not in the experiment"}`;
  document.body.append(note);
};

const showThanks = (page: Element): void => {
  page.innerHTML = `<div class="thanks"><h1 tabindex="-1">Thank you.</h1><p class="lead">Your order is on its way to the kettle's best friend: you.</p>
    <a class="button primary" href="/shop/">Back to the shop</a></div>`;
  // The button that had the focus is gone; a screen reader goes on here.
  page.querySelector<HTMLElement>("h1")?.focus();
};

const showBasket = async (page: Element): Promise<void> => {
  const products = basket();
  page.innerHTML = `<h1>Checkout</h1><ul class="basket">${products
    .map(
      (product) =>
        `<li>${pictureOf(product)}<span>${product.name}</span><strong>${priceOf(product.price)}</strong></li>`,
    )
    .join("")}</ul>
    <p class="total"><span>Total, delivery included</span><strong>${priceOf(totalOf(products))}</strong></p>
    <button type="button" class="primary wide" data-buy hidden></button>
    <p class="small">This is an example: nothing is charged and nothing is sent.</p>`;
  const button = page.querySelector<HTMLButtonElement>("[data-buy]");
  if (!button) return;

  const client = await edgeworth;
  await client?.ready();
  // Reading the variant counts the visitor as exposed, so it is read where the button is shown and nowhere else.
  button.textContent = client?.get(EXPERIMENT, { label: "Place order" }).label ?? "Place order";
  button.hidden = false;
  showVariant(client?.variant(EXPERIMENT) ?? null);

  button.addEventListener("click", () => {
    client?.track("purchase", { value: totalOf(products), properties: { pieces: products.length } });
    emptyBasket();
    showThanks(page);
  });
};

const page = document.querySelector("[data-checkout]");
showBasketSize();
if (page && basket().length > 0) void showBasket(page);
