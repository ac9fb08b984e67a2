/** What every page of the shop has, by the name in its `<!-- frame: name -->` comments. */
export const frame: Readonly<Record<string, string>> = {
  icon: `    <link
      rel="icon"
      href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Ccircle cx='16' cy='16' r='15' fill='%23b4532a'/%3E%3Ccircle cx='16' cy='16' r='7' fill='%23fbf7f1'/%3E%3C/svg%3E"
    />`,
  "hide-dead-buttons": `    <noscript>
      <style>
        button {
          display: none !important;
        }
      </style>
    </noscript>`,
  header: `    <header>
      <a class="brand" href="/shop/">Slow Cup</a>
      <nav aria-label="Shop">
        <a href="/shop/">Everything</a>
        <a href="/shop/checkout">Basket <span data-basket-size aria-live="polite">0</span></a>
      </nav>
    </header>`,
  footer: `    <footer>
      <p>Slow Cup is the example shop of Edgeworth. Nothing here is for sale.</p>
    </footer>`,
};
