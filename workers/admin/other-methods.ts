/** The methods that routes have for a path; none when no route has it at all. */
export const methodsFor = (
  path: string,
  routes: readonly { readonly method: string; readonly path: string }[],
): string[] => {
  const asked = path.split("/");
  const fits = (pattern: string): boolean => {
    const parts = pattern.split("/");
    return parts.length === asked.length && parts.every((part, index) => part.startsWith(":") || part === asked[index]);
  };
  return [...new Set(routes.filter((route) => route.method !== "ALL" && fits(route.path)).map(({ method }) => method))];
};
