/** Index files by name, each with those that it says it replaces. */
export type Replacements = ReadonlyMap<string, readonly string[]>;

/**
 * The files that another file, itself in force, replaces: they may name packs that are gone. Files that only replace
 * each other in a circle all stay in force, so that no entry is lost to a senseless claim.
 */
export function supersededFiles(replacements: Replacements): Set<string> {
  const claimed = new Set([...replacements.values()].flat());
  const inForce = [...replacements.keys()].filter((name) => !claimed.has(name));
  const replaced = new Set<string>();
  for (const name of inForce) {
    const open = [...(replacements.get(name) ?? [])];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (replaced.has(next) || inForce.includes(next)) continue;
      replaced.add(next);
      open.push(...(replacements.get(next) ?? []));
    }
  }
  return new Set([...replaced].filter((name) => replacements.has(name)));
}
