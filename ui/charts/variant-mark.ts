export const SHAPES = ["circle", "square", "triangle", "diamond", "wedge", "cross"] as const;
export type Shape = (typeof SHAPES)[number];

/** How a variant looks in every table and chart, for life: colour, shape and dash, so that colour is never alone. */
export interface VariantMark {
  /** A CSS colour; for marks only. */
  readonly colour: string;
  readonly shape: Shape;
  /** `stroke-dasharray` of its lines; undefined is solid. */
  readonly dash: string | undefined;
}

const DASHES = [undefined, undefined, "5 3", "1.5 3", "8 3 2 3", "2 2"] as const;

/** The mark of the variant at an index, the control being 0. Past the sixth, colours come again with another shape. */
export function variantMark(index: number): VariantMark {
  const round = Math.floor(index / SHAPES.length);
  return {
    colour: `var(--v${index % 6})`,
    shape: SHAPES[(index + round) % SHAPES.length] ?? "circle",
    dash: DASHES[(index + round) % DASHES.length],
  };
}

/** Variants in the order that gives them their marks: the control first, the others as they are stored. */
export const controlFirst = <Variant extends { readonly is_control: boolean }>(
  variants: readonly Variant[],
): Variant[] => [...variants.filter((variant) => variant.is_control), ...variants.filter((one) => !one.is_control)];

const OUTLINES: Readonly<Record<Shape, (radius: number) => string>> = {
  circle: (r) => `M${-r} 0a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`,
  square: (r) => `M${-r * 0.9} ${-r * 0.9}h${r * 1.8}v${r * 1.8}h${-r * 1.8}z`,
  triangle: (r) => `M0 ${-r * 1.15}L${r * 1.2} ${r}H${-r * 1.2}z`,
  diamond: (r) => `M0 ${-r * 1.25}L${r * 1.25} 0L0 ${r * 1.25}L${-r * 1.25} 0z`,
  wedge: (r) => `M0 ${r * 1.15}L${r * 1.2} ${-r}H${-r * 1.2}z`,
  cross: (r) => {
    const arm = r * 0.4;
    return `M${-arm} ${-r}H${arm}V${-arm}H${r}V${arm}H${arm}V${r}H${-arm}V${arm}H${-r}V${-arm}H${-arm}z`;
  },
};

/** The outline of a shape around (0, 0), about `radius` from middle to edge, all with much the same area. */
export const markPath = (shape: Shape, radius: number): string => OUTLINES[shape](radius);
