export interface SearchText {
  /** Parts that the name must contain, whatever their order and case. */
  readonly words: readonly string[];
  /** What the folder must contain; empty when nothing was asked of it. */
  readonly folder: string;
}

/** Names are kept in the quoted form of snapshot paths, so what is typed is brought to that form first. */
export function parseSearchText(text: string): SearchText {
  const quoted = text.trim().replaceAll('\\', '\\\\').replaceAll('"', '\\"');
  const slash = quoted.lastIndexOf('/');
  return {
    words: quoted
      .slice(slash + 1)
      .split(/\s+/)
      .filter((word) => word !== ''),
    folder: slash < 0 ? '' : quoted.slice(0, slash),
  };
}

/** The trigram index answers for words of three characters or more. */
export function isIndexed(word: string): boolean {
  return [...word].length >= 3;
}

/** A word as a phrase of an FTS5 query: nothing in it is syntax. */
export function ftsPhrase(word: string): string {
  return `"${word.replaceAll('"', '""')}"`;
}

/** A pattern for LIKE with `ESCAPE '~'`. */
export function likePattern(word: string): string {
  return `%${word.replace(/[%_~]/g, '~$&')}%`;
}

/** Smaller is better: the whole name, its beginning, anywhere in it. */
export function nameRank(name: string, text: string): number {
  const [a, b] = [name.toLowerCase(), text.toLowerCase()];
  if (a === b) return 0;
  return a.startsWith(b) ? 1 : 2;
}
