/** What the example shop needs in Edgeworth: bodies of `POST /api/v1/metrics`, in order. */
export const sampleMetrics = [
  { key: "shop_purchase", name: "Purchases", type: "conversion", event: "purchase", direction: "increase" },
  { key: "shop_revenue", name: "Revenue per visitor", type: "sum", event: "purchase", value: "value" },
  { key: "shop_add_to_basket", name: "Added to basket", type: "conversion", event: "add_to_basket" },
] as const;

/** Bodies of `POST /api/v1/experiments`, to be created after the metrics and started. */
export const sampleExperiments = [
  {
    key: "shop_checkout_button",
    name: "Shop: checkout button",
    hypothesis: "A button that says how little is left to do brings more orders.",
    unit_type: "device_id",
    variants: [
      { key: "control", name: "Place order", weight: 50, is_control: true, config: { label: "Place order" } },
      { key: "treatment", name: "Buy now", weight: 50, config: { label: "Buy now – 2 clicks" } },
    ],
    primary_metric: "shop_purchase",
    secondary_metrics: ["shop_revenue"],
  },
  {
    key: "shop_landing",
    name: "Shop: landing page",
    hypothesis: "A landing page about one product puts more of them in the basket than one about the shop.",
    type: "split_url",
    unit_type: "device_id",
    url: "/shop/landing",
    variants: [
      { key: "control", name: "The shop", weight: 50, is_control: true },
      { key: "treatment", name: "One product", weight: 50, config: { url: "/shop/landing-b" } },
    ],
    primary_metric: "shop_add_to_basket",
    secondary_metrics: ["shop_purchase", "shop_revenue"],
  },
] as const;
