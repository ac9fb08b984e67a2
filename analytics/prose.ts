/** A sentence, or several; nothing, false and empty are not said. */
export type Prose = string | false | null | undefined | readonly Prose[];

/** What is said, in order. */
export const sentencesOf = (prose: Prose): string[] => {
  if (!prose) return [];
  return typeof prose === "string" ? [prose] : prose.flatMap(sentencesOf);
};

/** What is said, as one text. */
export const textOf = (prose: Prose, between = " "): string => sentencesOf(prose).join(between);
