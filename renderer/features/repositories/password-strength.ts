/** How long a password would stand up to somebody who has a copy of the repository, in words. */
export const strengths = ['empty', 'guessable', 'weak', 'fair', 'strong'] as const;
export type Strength = (typeof strengths)[number];

export interface PasswordJudgement {
  readonly strength: Strength;
  /** What would help most; null when nothing needs to. */
  readonly advice: 'longer' | 'less-regular' | 'well-known' | null;
}

/**
 * An estimate for people, not a promise: it is deliberately pessimistic about letters (taken as words of a language),
 * years, runs and repetitions, because guessers try those first.
 */
export function judgePassword(password: string): PasswordJudgement {
  if (password === '') return { strength: 'empty', advice: null };
  if (wellKnown.test(password)) return { strength: 'guessable', advice: 'well-known' };
  const bits = guessBits(password);
  const regular = bits < password.length * 1.4;
  const advice = regular ? 'less-regular' : 'longer';
  if (bits < 22) return { strength: 'guessable', advice };
  if (bits < 40) return { strength: 'weak', advice };
  if (bits < 56) return { strength: 'fair', advice };
  return { strength: 'strong', advice: null };
}

const wellKnown =
  /^(password|passw0rd|qwert[yz]\w*|letmein|iloveyou|welcome|admin|stillpoint|backup|1234\d*|abc123)[\d!.?]*$/i;

/** Bits a guesser has to try: each stretch of one kind at the price of its kind, regular stretches nearly free. */
export function guessBits(password: string): number {
  let bits = 0;
  for (const stretch of password.match(/\p{L}+|\p{N}+|[^\p{L}\p{N}]+/gu) ?? []) bits += stretchBits(stretch);
  return bits;
}

function stretchBits(stretch: string): number {
  if (/^(19|20)\d\d$/.test(stretch)) return 6;
  const characters = [...stretch];
  const perCharacter = /^\p{N}/u.test(stretch) ? 3.3 : /^\p{L}/u.test(stretch) ? letterBits(stretch) : 4.5;
  let counted = 0;
  let step = Number.NaN;
  for (const [index, character] of characters.entries()) {
    const delta = (character.codePointAt(0) ?? 0) - (characters[index - 1]?.codePointAt(0) ?? Number.NaN);
    // A character that goes on as the ones before it did (aaaa, 1234, fedc) adds next to nothing.
    counted += Math.abs(delta) <= 1 && (delta === step || index < 2) && index > 0 ? 0.1 : 1;
    step = delta;
  }
  return counted * perCharacter;
}

/** Letters of a word carry little; ones that change case in the middle or stand outside a-z carry more. */
function letterBits(letters: string): number {
  const mixedCase = /\p{Ll}\p{Lu}/u.test(letters);
  const beyondLatin = /[^a-z]/i.test(letters);
  return 2.6 + (mixedCase ? 1.2 : 0) + (beyondLatin ? 0.8 : 0);
}
