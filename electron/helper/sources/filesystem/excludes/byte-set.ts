/** Which bytes: 1 at each that belongs to it. */
export type ByteSet = Uint8Array;

/** Git’s own classes: of ASCII only, and white space without the vertical kinds. */
const classes: Readonly<Record<string, (byte: number) => boolean>> = {
  alnum: (byte) => isDigit(byte) || isLetter(byte),
  alpha: (byte) => isLetter(byte),
  blank: (byte) => byte === 0x20 || byte === 0x09,
  cntrl: (byte) => byte < 0x20 || byte === 0x7f,
  digit: (byte) => isDigit(byte),
  graph: (byte) => isGraph(byte),
  lower: (byte) => byte >= 0x61 && byte <= 0x7a,
  print: (byte) => isGraph(byte) || byte === 0x20,
  punct: (byte) => isGraph(byte) && !isDigit(byte) && !isLetter(byte),
  space: (byte) => byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d,
  upper: (byte) => byte >= 0x41 && byte <= 0x5a,
  xdigit: (byte) => isDigit(byte) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66),
};

/**
 * `[a-c]`, `[!a]`, `[[:alpha:]]`: the set that begins at `from`, and where it ends. Undefined for what is not closed or
 * names a class that git does not know: such a rule matches nothing.
 */
export function byteSetAt(text: string, from: number): { readonly set: ByteSet; readonly end: number } | undefined {
  const set = new Uint8Array(256);
  let at = from + 1;
  const isNegated = text[at] === '!' || text[at] === '^';
  if (isNegated) at += 1;
  const first = at;
  /** The byte that a `-` would go on from; none behind a range or a class. */
  let before = -1;
  for (;;) {
    if (at >= text.length) return undefined;
    if (text[at] === ']' && at > first) break;
    if (text[at] === '[' && text[at + 1] === ':') {
      const close = text.indexOf(']', at + 2);
      if (close < 0) return undefined;
      if (close > at + 2 && text[close - 1] === ':') {
        const isMember = classes[text.slice(at + 2, close - 1)];
        if (isMember === undefined) return undefined;
        for (let byte = 0; byte < 256; byte += 1) if (isMember(byte)) set[byte] = 1;
        before = -1;
        at = close + 1;
        continue;
      }
    }
    const isRange = text[at] === '-' && before > 0 && at + 1 < text.length && text[at + 1] !== ']';
    if (isRange) at += 1;
    if (text[at] === '\\') at += 1;
    if (at >= text.length) return undefined;
    const byte = text.charCodeAt(at);
    for (let member = isRange ? before : byte; member <= byte; member += 1) set[member] = 1;
    before = isRange ? -1 : byte;
    at += 1;
  }
  return { set: isNegated ? set.map((member) => 1 - member) : set, end: at + 1 };
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function isLetter(byte: number): boolean {
  return (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;
}

function isGraph(byte: number): boolean {
  return byte > 0x20 && byte < 0x7f;
}
