/** The salt that an experiment has unless it was given another one: `saltOf` of `d1/id.ts`. */
export const derivedSalt = (experimentId: string): string => experimentId.slice(-8).toLowerCase();

/** The salt of the layer that an experiment has to itself. */
export const ownLayerSalt = (salt: string): string => `${salt}/traffic`;

/** The id that the nth variant has unless it was given another one; `place` from 0. */
export const derivedVariantId = (experimentId: string, place: number): string =>
  `var_${experimentId.replace(/^exp_/, "")}_${place + 1}`;
