/** A path as text for people: UTF-8 as it is; other bytes and control characters as `\xNN`. Not reversible. */
export function displayPath(path: Uint8Array): string {
  let text = '';
  const bytes = Buffer.from(path.buffer, path.byteOffset, path.byteLength);
  for (let offset = 0; offset < bytes.length; ) {
    const length = characterLength(bytes, offset);
    text +=
      length === 0
        ? `\\x${(bytes[offset] ?? 0).toString(16).padStart(2, '0')}`
        : bytes.toString('utf8', offset, offset + length);
    offset += length || 1;
  }
  return text;
}

/** Bytes of the printable UTF-8 character at `offset`; 0 when there is none. */
function characterLength(bytes: Buffer, offset: number): number {
  const first = bytes[offset] ?? 0;
  if (first < 0x20 || first === 0x7f) return 0;
  if (first < 0x80) return 1;
  for (let length = 2; length <= 4; length += 1) {
    const text = bytes.toString('utf8', offset, offset + length);
    if (!text.includes('\ufffd') && [...text].length === 1 && Buffer.byteLength(text) === length) return length;
  }
  return 0;
}
