/** The bodies that the design promises will work as they stand, and what they refer to. */
export const layer = { key: "checkout_layer", name: "Checkout", unit_type: "user_id" };

export const metrics = [
  { key: "checkout_conversion_rate", name: "Checkout conversion", type: "conversion", event: "purchase" },
  {
    key: "p99_page_load",
    name: "p99 page load",
    type: "quantile",
    event: "page_load",
    quantile: 0.99,
    direction: "decrease",
  },
  {
    key: "revenue_per_user",
    name: "Revenue per user",
    type: "sum",
    event: "purchase",
    value: "value",
    direction: "increase",
    cap: 500,
    window_hours: 168,
  },
];

export const audience = {
  key: "returning_users",
  name: "Returning",
  rules: [{ conditions: [{ attribute: "visits", operator: "gt", value: 1 }] }],
};

export const experiment = {
  name: "checkout_redesign_q1_2025",
  hypothesis: "New checkout reduces cart abandonment by 5%",
  layer: "checkout_layer",
  variants: [
    { name: "control", weight: 50, config: { checkout_version: "v1" } },
    { name: "treatment_a", weight: 25, config: { checkout_version: "v2_single_page" } },
    { name: "treatment_b", weight: 25, config: { checkout_version: "v2_accordion" } },
  ],
  targeting: { countries: ["US", "CA"], platforms: ["web", "ios"], user_segment: "returning_users" },
  primary_metric: "checkout_conversion_rate",
  guardrail_metrics: ["p99_page_load", "revenue_per_user"],
  min_detectable_effect: 0.02,
  significance_level: 0.05,
  power: 0.8,
  estimated_duration_days: 14,
};
