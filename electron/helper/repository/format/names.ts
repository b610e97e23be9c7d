import { damaged } from '../failures.ts';
import { type DecodedRune, decodeRune } from './utf8.ts';

/**
 * File names in trees are Go's strconv.Quote text without the outer quotes (https://pkg.go.dev/strconv#Quote), so that
 * any byte sequence survives JSON. Every name has exactly one quoted form; several texts may mean one name.
 */
export function quoteName(name: Uint8Array): string {
  if (isPlain(name)) return Buffer.from(name.buffer, name.byteOffset, name.byteLength).toString('latin1');
  let text = '';
  const decoded: DecodedRune = { rune: 0, size: 1 };
  for (let offset = 0; offset < name.length; offset += decoded.size) {
    decodeRune(name, offset, decoded);
    text += decoded.rune < 0 ? `\\x${hex(name[offset] ?? 0, 2)}` : quoteRune(decoded.rune);
  }
  return text;
}

/** The bytes a quoted name stands for. Throws `repository-damaged` for text that strconv.Unquote refuses. */
export function unquoteName(text: string): Buffer {
  if (!/["\\\n]/.test(text)) return Buffer.from(text, 'utf8');
  const parts: Buffer[] = [];
  let plainFrom = 0;
  let offset = 0;
  while (offset < text.length) {
    const char = text[offset];
    if (char === '"' || char === '\n') throw badName(text);
    if (char !== '\\') {
      offset += 1;
      continue;
    }
    if (offset > plainFrom) parts.push(Buffer.from(text.slice(plainFrom, offset), 'utf8'));
    const escaped = readEscape(text, offset);
    parts.push(escaped.bytes);
    offset = escaped.end;
    plainFrom = offset;
  }
  if (offset > plainFrom) parts.push(Buffer.from(text.slice(plainFrom), 'utf8'));
  return Buffer.concat(parts);
}

/** Printable ASCII other than the quote and the backslash: the quoted form is the name itself. */
function isPlain(name: Uint8Array): boolean {
  for (let index = 0; index < name.length; index += 1) {
    const byte = name[index] ?? 0;
    if (byte < 0x20 || byte > 0x7e || byte === 0x22 || byte === 0x5c) return false;
  }
  return true;
}

const shortEscapes = new Map([
  [0x07, '\\a'],
  [0x08, '\\b'],
  [0x0c, '\\f'],
  [0x0a, '\\n'],
  [0x0d, '\\r'],
  [0x09, '\\t'],
  [0x0b, '\\v'],
  [0x22, '\\"'],
  [0x5c, '\\\\'],
]);
const shortEscapeBytes = new Map([...shortEscapes].map(([byte, text]) => [text[1], byte]));

/** Go's unicode.IsPrint: letters, marks, numbers, punctuation, symbols and the ASCII space. */
const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

function quoteRune(rune: number): string {
  const short = shortEscapes.get(rune);
  if (short !== undefined) return short;
  const char = String.fromCodePoint(rune);
  if (printable.test(char)) return char;
  if (rune < 0x20 || rune === 0x7f) return `\\x${hex(rune, 2)}`;
  return rune < 0x10000 ? `\\u${hex(rune, 4)}` : `\\U${hex(rune, 8)}`;
}

function readEscape(text: string, offset: number): { bytes: Buffer; end: number } {
  const letter = text[offset + 1];
  const short = shortEscapeBytes.get(letter);
  if (short !== undefined) return { bytes: Buffer.of(short), end: offset + 2 };
  if (letter === 'x') return { bytes: Buffer.of(readHex(text, offset + 2, 2)), end: offset + 4 };
  if (letter === 'u') return { bytes: runeBytes(readHex(text, offset + 2, 4), text), end: offset + 6 };
  if (letter === 'U') return { bytes: runeBytes(readHex(text, offset + 2, 8), text), end: offset + 10 };
  const octal = /^[0-3][0-7]{2}$/.exec(text.slice(offset + 1, offset + 4));
  if (octal) return { bytes: Buffer.of(Number.parseInt(octal[0], 8)), end: offset + 4 };
  throw badName(text);
}

function readHex(text: string, offset: number, digits: number): number {
  const found = text.slice(offset, offset + digits);
  if (found.length !== digits || !/^[0-9a-fA-F]+$/.test(found)) throw badName(text);
  return Number.parseInt(found, 16);
}

function runeBytes(rune: number, text: string): Buffer {
  if (rune > 0x10ffff || (rune >= 0xd800 && rune <= 0xdfff)) throw badName(text);
  return Buffer.from(String.fromCodePoint(rune), 'utf8');
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}

function badName(text: string): Error {
  return damaged(`A stored file name cannot be decoded: ${JSON.stringify(text.slice(0, 100))}.`);
}
