import { wireAddButtons } from "./add-button.ts";
import { showBasketSize } from "./basket.ts";
import { catalogue, findProduct, pictureOf, priceOf } from "./catalogue.ts";

/** The front page and both landing pages: a grid of all products, or the picture of one. */
const grid = document.querySelector("[data-products]");
if (grid)
  grid.innerHTML = catalogue
    .map(
      (product) => `<li class="card">
        <a href="/shop/product?id=${product.id}">${pictureOf(product)}<h2>${product.name}</h2></a>
        <p>${product.line}</p>
        <div class="row"><strong>${priceOf(product.price)}</strong>
        <button type="button" class="quiet" data-add="${product.id}">Add to basket</button></div>
      </li>`,
    )
    .join("");

for (const frame of document.querySelectorAll<HTMLElement>("[data-picture]")) {
  const product = findProduct(frame.dataset["picture"] ?? null);
  if (product) frame.innerHTML = pictureOf(product);
}

wireAddButtons();
showBasketSize();
