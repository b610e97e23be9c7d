const simple: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
};

/**
 * A name in the quoted form of snapshot paths, as text for people and file dialogs. Bytes that are not UTF-8 become
 * replacement characters: this is never the way back to the file.
 */
export function unquoteName(quoted: string): string {
  const bytes: Buffer[] = [];
  const pattern = /\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|(.))|[^\\]+/gsu;
  for (const [all, byte, short, long, letter] of quoted.matchAll(pattern)) {
    const code = short ?? long;
    if (byte !== undefined) bytes.push(Buffer.from(byte, 'hex'));
    else if (code !== undefined) bytes.push(Buffer.from(character(code)));
    else bytes.push(Buffer.from(letter === undefined ? all : (simple[letter] ?? all)));
  }
  return Buffer.concat(bytes).toString('utf8');
}

function character(hex: string): string {
  const code = Number.parseInt(hex, 16);
  return code > 0x10ffff ? '\ufffd' : String.fromCodePoint(code);
}
