import { wireAddButtons } from "./add-button.ts";
import { showBasketSize } from "./basket.ts";
import { findProduct, pictureOf, priceOf } from "./catalogue.ts";

const page = document.querySelector("[data-product]");
const product = findProduct(new URLSearchParams(location.search).get("id"));
if (page && !product)
  page.innerHTML = `<div><h1>We do not make this.</h1><p class="lead"><a href="/shop/">See what we do make</a></p></div>`;
if (page && product) {
  document.title = `${product.name} · Slow Cup`;
  page.innerHTML = `<div class="frame">${pictureOf(product)}</div>
    <div><h1>${product.name}</h1><p class="lead">${product.line}</p><p>${product.story}</p>
    <p class="price">${priceOf(product.price)}</p>
    <button type="button" class="primary" data-add="${product.id}">Add to basket</button>
    <p class="small">Free delivery in the EU. Thirty days to change your mind.</p></div>`;
}

wireAddButtons();
showBasketSize();
