import { wireAddButtons } from "./add-button.ts";
import { showBasketSize } from "./basket.ts";

/** The front page and both landing pages, whose products are in the page already. */
wireAddButtons();
showBasketSize();
