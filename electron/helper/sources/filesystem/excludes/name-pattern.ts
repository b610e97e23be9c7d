import type { ByteSet } from './byte-set.ts';

/** What one place of a name may be: this byte, any byte, one of a set; or any number of bytes. */
export type Token = number | typeof anyByte | ByteSet | typeof anyBytes;
export const anyByte = Symbol('?');
export const anyBytes = Symbol('*');

/** How much was compared, so that a test can bound it. */
export interface Steps {
  taken: number;
}

/** Matches one name, as a path key. */
export interface NamePattern {
  /** The only name that it matches. */
  readonly literal: string | undefined;
  matches(name: string, steps: Steps): boolean;
}

export const anyName: NamePattern = { literal: undefined, matches: () => true };

export function namePattern(tokens: readonly Token[]): NamePattern {
  if (tokens.length > 0 && tokens.every((token) => token === anyBytes)) return anyName;
  const wild = tokens.findIndex((token) => typeof token !== 'number');
  if (wild >= 0) return new WildName(tokens, wild);
  const literal = textOf(tokens);
  return {
    literal,
    matches: (name, steps) => {
      steps.taken += 1;
      return name === literal;
    },
  };
}

/**
 * What is certain is compared first: the length, the beginning, the end. Then from left to right; of all `*` only the last
 * one met ever has to take more: whatever an earlier one might take, it could take as well.
 */
class WildName implements NamePattern {
  readonly literal = undefined;
  readonly #prefix: string;
  readonly #suffix: string;
  readonly #tokens: readonly Token[];
  /** Bytes that a name has at least, and whether it may have more. */
  readonly #least: number;
  readonly #isOpen: boolean;

  constructor(tokens: readonly Token[], wild: number) {
    this.#isOpen = tokens.includes(anyBytes);
    this.#least = tokens.filter((token) => token !== anyBytes).length;
    const end = tokens.findLastIndex((token) => typeof token !== 'number') + 1;
    this.#prefix = textOf(tokens.slice(0, wild));
    this.#suffix = textOf(tokens.slice(end));
    this.#tokens = tokens.slice(wild, end);
  }

  matches(name: string, steps: Steps): boolean {
    steps.taken += 1;
    if (this.#isOpen ? name.length < this.#least : name.length !== this.#least) return false;
    if (!name.startsWith(this.#prefix) || !name.endsWith(this.#suffix)) return false;
    if (this.#tokens.length === 1 && this.#isOpen) return true;
    return this.#matchesBetween(name, this.#prefix.length, name.length - this.#suffix.length, steps);
  }

  #matchesBetween(name: string, from: number, to: number, steps: Steps): boolean {
    const tokens = this.#tokens;
    let next = 0;
    /** Behind the last `*`, and what is to be tried there next. */
    let resume = -1;
    let retry = from;
    for (let at = from; at < to || next < tokens.length; ) {
      steps.taken += 1;
      const token = tokens[next];
      if (token === anyBytes) {
        next += 1;
        if (next === tokens.length) return true;
        resume = next;
        retry = at;
      } else if (at < to && token !== undefined && isOne(token, name.charCodeAt(at))) {
        next += 1;
        at += 1;
      } else {
        if (resume < 0 || retry >= to) return false;
        retry += 1;
        at = retry;
        next = resume;
      }
    }
    return true;
  }
}

function isOne(token: Exclude<Token, typeof anyBytes>, byte: number): boolean {
  if (typeof token === 'number') return token === byte;
  return token === anyByte || token[byte] === 1;
}

function textOf(tokens: readonly Token[]): string {
  return tokens.map((token) => (typeof token === 'number' ? String.fromCharCode(token) : '')).join('');
}
