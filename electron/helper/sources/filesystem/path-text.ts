/**
 * A path as text for people: UTF-8 as it is; bytes that are not UTF-8, and control characters, as `\xNN`. Not reversible:
 * the bytes themselves travel in the snapshot's tree.
 */
export function pathText(path: Uint8Array): string {
  const bytes = Buffer.from(path.buffer, path.byteOffset, path.byteLength);
  const text = bytes.toString();
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (!text.includes('\ufffd')) return text.replace(/[\x00-\x1f\x7f]/g, (char) => hex(char.charCodeAt(0)));
  let result = '';
  for (let offset = 0; offset < bytes.length; ) {
    const length = [1, 2, 3, 4].find((count) => isOneCharacter(bytes.subarray(offset, offset + count))) ?? 0;
    result += length === 0 ? hex(bytes[offset] ?? 0) : pathText(bytes.subarray(offset, offset + length));
    offset += length || 1;
  }
  return result;
}

function isOneCharacter(bytes: Buffer): boolean {
  const text = bytes.toString();
  return !text.includes('\ufffd') && [...text].length === 1 && Buffer.byteLength(text) === bytes.length;
}

function hex(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, '0')}`;
}
