/** The same numbers for the same seed, so that pictures of the window can be compared. */
export interface Random {
  /** At least 0, below 1. */
  readonly next: () => number;
  readonly between: (low: number, high: number) => number;
  readonly hex: (digits: number) => string;
}

export function seeded(text: string): Random {
  let state = 2166136261;
  for (const character of text) state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 16777619);
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  return {
    next,
    between: (low, high) => low + next() * (high - low),
    hex: (digits) => {
      let text = '';
      while (text.length < digits)
        text += Math.floor(next() * 0x10000)
          .toString(16)
          .padStart(4, '0');
      return text.slice(0, digits);
    },
  };
}
