/**
 * One decoded character of a byte string: its code point and its length in bytes.
 * An invalid byte counts alone, as code point -1 and length 1.
 */
export interface DecodedRune {
  rune: number;
  size: number;
}

/**
 * Decodes the character at `offset` the way Go's utf8.DecodeRune does: overlong forms, surrogates and values above
 * U+10FFFF are invalid, and an invalid sequence is consumed one byte at a time. Writes into `result`.
 */
export function decodeRune(bytes: Uint8Array, offset: number, result: DecodedRune): void {
  const first = bytes[offset] ?? 0;
  result.size = 1;
  if (first < 0x80) {
    result.rune = first;
    return;
  }
  result.rune = -1;
  if (first < 0xc2 || first > 0xf4) return;
  const second = bytes[offset + 1] ?? 0;
  let low = 0x80;
  let high = 0xbf;
  if (first === 0xe0) low = 0xa0;
  else if (first === 0xed) high = 0x9f;
  else if (first === 0xf0) low = 0x90;
  else if (first === 0xf4) high = 0x8f;
  if (second < low || second > high) return;
  if (first < 0xe0) {
    result.rune = ((first & 0x1f) << 6) | (second & 0x3f);
    result.size = 2;
    return;
  }
  const third = bytes[offset + 2] ?? 0;
  if ((third & 0xc0) !== 0x80) return;
  if (first < 0xf0) {
    result.rune = ((first & 0x0f) << 12) | ((second & 0x3f) << 6) | (third & 0x3f);
    result.size = 3;
    return;
  }
  const fourth = bytes[offset + 3] ?? 0;
  if ((fourth & 0xc0) !== 0x80) return;
  result.rune = ((first & 0x07) << 18) | ((second & 0x3f) << 12) | ((third & 0x3f) << 6) | (fourth & 0x3f);
  result.size = 4;
}

export function isUtf8(bytes: Uint8Array): boolean {
  const decoded: DecodedRune = { rune: 0, size: 1 };
  for (let offset = 0; offset < bytes.length; offset += decoded.size) {
    decodeRune(bytes, offset, decoded);
    if (decoded.rune < 0) return false;
  }
  return true;
}
