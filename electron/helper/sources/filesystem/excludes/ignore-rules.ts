import ignore, { type Ignore } from 'ignore';

/** Paths one instance remembers; it never forgets any, and a source may have millions. */
const remembered = 4096;
/** Bytes beyond ASCII as characters of the private use area: one for each byte, none of them white, none of another case. */
const privateUse = 0xe100;

const options = { ignorecase: false, allowRelativePaths: true };

/**
 * Rules in gitignore’s syntax, as git reads them. Git compares bytes, so bytes are compared here: `?` is one byte, and a
 * name that is not UTF-8 is neither an error nor taken for another.
 */
export class IgnoreRules {
  readonly #rules: Ignore;
  #matcher: Ignore;
  #asked = 0;

  constructor(lines: readonly string[]) {
    this.#rules = ignore(options).add(
      lines.flatMap((mark, index) => {
        const pattern = patternOf(index === 0 ? mark.replace(/^\ufeff/, '') : mark);
        return pattern === '' ? [] : [{ pattern, mark }];
      }),
    );
    this.#matcher = ignore(options).add(this.#rules);
  }

  /**
   * The line that leaves an entry out. `path` is relative to where the rules apply, as a path key; no folder above it may
   * be left out itself, which whoever walks down knows.
   */
  leavesOut(path: string, isDirectory: boolean): string | undefined {
    if (this.#asked === remembered) {
      this.#asked = 0;
      this.#matcher = ignore(options).add(this.#rules);
    }
    this.#asked += 1;
    const { ignored, rule } = this.#matcher.test(isDirectory ? `${characters(path)}/` : characters(path));
    return ignored ? (rule?.mark ?? '') : undefined;
  }
}

/** As git reads a line: without a carriage return at its end, and without spaces there unless they are quoted. */
function patternOf(line: string): string {
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
  const pattern = characters(Buffer.from(text.slice(0, end)).toString('latin1'));
  return pattern === '!' ? '' : pattern;
}

function characters(latin1: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: everything but ASCII is what is looked for
  if (!/[^\x00-\x7f]/.test(latin1)) return latin1;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: as above
  return latin1.replace(/[^\x00-\x7f]/g, (byte) => String.fromCharCode(privateUse + byte.charCodeAt(0)));
}
