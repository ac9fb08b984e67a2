export interface Product {
  readonly id: string;
  readonly name: string;
  readonly line: string;
  readonly story: string;
  /** In euros. */
  readonly price: number;
  /** The colour behind the picture. */
  readonly colour: string;
  /** The inside of an SVG of 200 × 200. */
  readonly picture: string;
}

export const catalogue: readonly Product[] = [
  {
    id: "kettle",
    name: "Heron kettle",
    line: "A gooseneck that pours as slowly as you like",
    story:
      "Nine hundred millilitres of brushed steel with a spout as thin as a pencil. It pours where you point it, at the pace that you choose, and the lid stays on when you tip it.",
    price: 89,
    colour: "#dfe5dc",
    picture: `<path d="M62 78h64l16 82a8 8 0 0 1-8 9H54a8 8 0 0 1-8-9z" fill="#3f5a52"/><path d="M62 78h24L70 169H54a8 8 0 0 1-8-9z" fill="#4d6c63"/>
      <path d="M52 128C30 124 34 84 20 70" fill="none" stroke="#3f5a52" stroke-width="9" stroke-linecap="round"/>
      <path d="M128 84c44-6 50 54 10 60" fill="none" stroke="#2a2320" stroke-width="10" stroke-linecap="round"/>
      <path d="M66 78c2-14 54-14 56 0z" fill="#2c423c"/><circle cx="94" cy="60" r="8" fill="#c8643a"/>`,
  },
  {
    id: "mug",
    name: "Tide mug",
    line: "Stoneware, thrown by hand, no two alike",
    story:
      "Three hundred millilitres of stoneware with a glaze that breaks like a wave at the rim. It keeps the heat, fits two fingers through the handle, and goes in the dishwasher.",
    price: 24,
    colour: "#f0dccb",
    picture: `<path d="M132 86c40-8 44 50 2 48" fill="none" stroke="#b4532a" stroke-width="11" stroke-linecap="round"/>
      <path d="M46 70h92v76a22 22 0 0 1-22 22H68a22 22 0 0 1-22-22z" fill="#c8643a"/><path d="M46 70h92v26c-14 10-22-6-36 2s-22 8-32 0-16-4-24 2z" fill="#f7efe6"/>
      <ellipse cx="92" cy="70" rx="46" ry="9" fill="#e8dccf"/><ellipse cx="92" cy="71" rx="38" ry="6" fill="#5a3a29"/>
      <path d="M76 50c-6-10 8-14 2-26M104 50c-6-10 8-14 2-26" fill="none" stroke="#d9b79d" stroke-width="5" stroke-linecap="round"/>`,
  },
  {
    id: "grinder",
    name: "Pepper Lane grinder",
    line: "Steel burrs, forty turns for a cup",
    story:
      "Conical steel burrs with thirty-six settings, from Turkish to French press. Beech and brass outside, no motor inside: forty turns make a cup, and nobody wakes up.",
    price: 129,
    colour: "#e6dfee",
    picture: `<path d="M94 40h52" stroke="#2a2320" stroke-width="7" stroke-linecap="round"/><circle cx="150" cy="40" r="11" fill="#b4532a"/><path d="M94 40v22" stroke="#8a6d3b" stroke-width="8"/>
      <path d="M66 84c0-30 56-30 56 0z" fill="#8a6d3b"/><rect x="60" y="84" width="68" height="12" rx="4" fill="#6e5530"/>
      <path d="M64 96h60l8 68a8 8 0 0 1-8 8H64a8 8 0 0 1-8-8z" fill="#a9744a"/><path d="M64 96h18l-6 76H64a8 8 0 0 1-8-8z" fill="#b98457"/>
      <rect x="76" y="124" width="36" height="26" rx="3" fill="#8d5d39"/><circle cx="94" cy="137" r="4" fill="#e6c27a"/>`,
  },
];

export const findProduct = (id: string | null): Product | undefined => catalogue.find((product) => product.id === id);

export const pictureOf = (product: Product): string =>
  `<svg viewBox="0 0 200 200" role="img" aria-label="${product.name}" style="background:${product.colour}">${product.picture}</svg>`;

const euros = new Intl.NumberFormat("en-IE", { style: "currency", currency: "EUR", maximumFractionDigits: 0 });

export const priceOf = (amount: number): string => euros.format(amount);

/** The inside of a list of all products. */
export const gridOf = (): string =>
  catalogue
    .map(
      (product) => `<li class="card">
        <a href="/shop/product?id=${product.id}">${pictureOf(product)}<h2>${product.name}</h2></a>
        <p>${product.line}</p>
        <div class="row"><strong>${priceOf(product.price)}</strong>
        <button type="button" class="quiet" data-add="${product.id}">Add to basket</button></div>
      </li>`,
    )
    .join("");
