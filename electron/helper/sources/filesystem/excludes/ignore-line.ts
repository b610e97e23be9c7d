import { byteSetAt } from './byte-set.ts';
import { anyByte, anyBytes, anyName, type NamePattern, namePattern, type Token } from './name-pattern.ts';

/** One name, or any number of folders. */
export type PathPart = NamePattern | typeof anyFolders;
export const anyFolders = Symbol('**');

/** One line of gitignore’s syntax that can match something. */
export interface IgnoreLine {
  /** As it was written. */
  readonly line: string;
  /** `!`: what it matches is not left out. */
  readonly brings: boolean;
  readonly foldersOnly: boolean;
  /** From the folder down in which the rules apply; without the last one. Never two `anyFolders` in a row. */
  readonly folders: readonly PathPart[];
  /** What the entry itself is called. */
  readonly name: NamePattern;
}

/** Undefined for a line that matches nothing: an empty one, a comment, one that git takes for broken. */
export function parseIgnoreLine(line: string): IgnoreLine | undefined {
  let text = textOf(line);
  const brings = text.startsWith('!');
  if (brings) text = text.slice(1);
  const foldersOnly = text.endsWith('/');
  if (foldersOnly) text = text.slice(0, -1);
  const isAnywhere = !text.includes('/');
  const parts = partsOf(text.startsWith('/') ? text.slice(1) : text, isAnywhere);
  const name = parts?.at(-1);
  if (parts === undefined || name === undefined || name === anyFolders) return undefined;
  const folders: readonly PathPart[] = isAnywhere ? [anyFolders] : parts.slice(0, -1);
  return {
    line,
    brings,
    foldersOnly,
    folders: folders.filter((part, at) => part !== folders[at - 1] || part !== anyFolders),
    name,
  };
}

/** As git reads a line, one character a byte: without a carriage return at its end, or spaces there that are not quoted. */
function textOf(line: string): string {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line;
  if (text.startsWith('#')) return '';
  let end = text.length;
  for (let at = 0, white = -1; at < text.length; at += 1) {
    if (text[at] === ' ') {
      if (white < 0) white = at;
      end = white;
    } else {
      if (text[at] === '\\') at += 1;
      white = -1;
      end = text.length;
    }
  }
  return Buffer.from(text.slice(0, end)).toString('latin1');
}

function partsOf(text: string, isAnywhere: boolean): PathPart[] | undefined {
  const parts: PathPart[] = [];
  let tokens: Token[] = [];
  /** Where the name under way begins. */
  let begin = 0;
  for (let at = 0; at < text.length; ) {
    const stars = text[at] === '*' ? starsAt(text, at) : 0;
    const behind = at + stars;
    if (stars > 1 && at === begin && !isAnywhere && (behind === text.length || separatorAt(text, behind) > 0)) {
      // By git’s own way only a plain slash behind it may stand for no folder at all.
      parts.push(anyFolders);
      if (text[behind] !== '/') parts.push(anyName);
      if (behind === text.length) return parts;
      at = begin = behind + separatorAt(text, behind);
      if (at === text.length) return undefined;
      continue;
    }
    const separator = separatorAt(text, at);
    if (separator > 0) {
      if (tokens.length === 0) return undefined;
      parts.push(namePattern(tokens));
      tokens = [];
      at = begin = at + separator;
    } else if (stars > 0) {
      tokens.push(anyBytes);
      at = behind;
    } else if (text[at] === '[') {
      const found = byteSetAt(text, at);
      if (found === undefined) return undefined;
      tokens.push(found.set);
      at = found.end;
    } else if (text[at] === '?') {
      tokens.push(anyByte);
      at += 1;
    } else {
      if (text[at] === '\\') at += 1;
      if (at >= text.length) return undefined;
      tokens.push(text.charCodeAt(at));
      at += 1;
    }
  }
  return tokens.length === 0 ? undefined : [...parts, namePattern(tokens)];
}

function starsAt(text: string, from: number): number {
  let at = from;
  while (text[at] === '*') at += 1;
  return at - from;
}

/** Length of the separator: a slash may be quoted. */
function separatorAt(text: string, at: number): number {
  if (text[at] === '/') return 1;
  return text[at] === '\\' && text[at + 1] === '/' ? 2 : 0;
}
