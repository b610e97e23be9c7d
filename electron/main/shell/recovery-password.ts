import { randomBytes } from 'node:crypto';

/** Crockford's base 32: no I, L, O or U, so that nothing can be mistaken when it is read from paper. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const groups = 8;
const groupLength = 5;

/** 200 bits, as eight groups of five: `7K2QX-…`. The dashes are part of it. */
export function recoveryPassword(random: (size: number) => Uint8Array = randomBytes): string {
  // 32 divides 256: every character is equally likely.
  const characters = [...random(groups * groupLength)].map((byte) => alphabet[byte % alphabet.length] ?? '');
  return Array.from({ length: groups }, (_, group) =>
    characters.slice(group * groupLength, (group + 1) * groupLength).join(''),
  ).join('-');
}
