/** A sentence, what has one, or several; nothing, false and empty are not said. */
export type Prose = string | false | null | undefined | { readonly sentence: string } | readonly Prose[];

/** What is said, in order. */
export const sentencesOf = (prose: Prose): string[] => {
  if (!prose) return [];
  if (typeof prose === "string") return [prose];
  return "sentence" in prose ? [prose.sentence] : prose.flatMap(sentencesOf);
};

/** What is said, as one text. */
export const textOf = (prose: Prose, between = " "): string => sentencesOf(prose).join(between);
