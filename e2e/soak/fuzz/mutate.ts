/** A fast random number below `below`; a failure is made again by its seed. */
export type Below = (below: number) => number;

/** xorshift32 (Marsaglia 2003). */
export function belowFrom(seed: number): Below {
  let state = seed | 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return Math.floor(((state >>> 0) / 2 ** 32) * below);
  };
}

const words = [
  ...['{', '}', '[', ']', ',', ':', '"', '\\', 'null', 'true', '{}', '[]', '""', '-', '.', 'e', '0'],
  ...[
    '"__proto__":',
    '"constructor":',
    '\\u0000',
    '\\ud800',
    '../',
    '/..',
    '//',
    '\0',
    '\n',
    '\r\n',
    '￾',
    '%00',
    '%2e',
  ],
  ...['*', '?', '**', '[!', '&lt;', '&#x0;', '<', '>', '</', ']]>'],
].map((word) => Buffer.from(word));

const numbers = [
  ...['0', '-0', '-1', '1', '127', '128', '255', '256', '65535', '65536', '2147483647', '2147483648', '4294967295'],
  ...['4294967296', '9007199254740991', '9007199254740993', '9223372036854775807', '18446744073709551615'],
  ...['18446744073709551616', '1e309', '1e-400', '-1e15', '0.1', '00', '1'.repeat(400)],
].map((number) => Buffer.from(number));

/** No longer than a frame may be, and long enough for deep nesting. */
const longest = 200_000;

/** A changed copy: a few changes, each of a kind that has found mistakes in decoders. */
export function mutate(input: Uint8Array, other: Uint8Array, below: Below): Buffer {
  let bytes: Buffer = Buffer.from(input);
  for (let changes = 1 + below(below(4) === 0 ? 12 : 3); changes > 0; changes -= 1)
    bytes = changed(bytes, other, below);
  return bytes.length > longest ? bytes.subarray(0, longest) : bytes;
}

function changed(bytes: Buffer, other: Uint8Array, below: Below): Buffer {
  const at = below(bytes.length + 1);
  const length = 1 + below(below(3) === 0 ? Math.max(bytes.length, 1) : 8);
  switch (below(14)) {
    case 0:
    case 1:
      if (at < bytes.length) bytes[at] = (bytes[at] ?? 0) ^ (1 << below(8));
      return bytes;
    case 2:
      if (at < bytes.length) bytes[at] = below(256);
      return bytes;
    case 3:
      return spliced(bytes, at, at + length, Buffer.alloc(0));
    case 4:
      return spliced(bytes, at, at, bytes.subarray(below(bytes.length + 1), below(bytes.length + 1)));
    case 5:
      return spliced(bytes, at, at, Buffer.from(Array.from({ length: 1 + below(8) }, () => below(256))));
    case 6:
    case 7:
      return spliced(bytes, at, at + (below(2) === 0 ? 0 : length), words[below(words.length)] ?? bytes);
    case 8:
    case 9:
      return withNumber(bytes, below);
    case 10: {
      const from = below(other.length + 1);
      return spliced(bytes, at, at + length, other.subarray(from, from + length));
    }
    case 11:
      return bytes.subarray(0, at);
    case 12:
      return withWordExchanged(bytes, below);
    default:
      return below(40) === 0 ? nested(bytes, at, below) : spliced(bytes, at, at, Buffer.alloc(below(40), below(256)));
  }
}

function spliced(bytes: Buffer, from: number, to: number, put: Uint8Array): Buffer {
  return Buffer.concat([bytes.subarray(0, from), put, bytes.subarray(Math.min(to, bytes.length))]);
}

/** One number of the text becomes one at a limit. */
function withNumber(bytes: Buffer, below: Below): Buffer {
  const found = [...bytes.toString('latin1').matchAll(/-?\d+/g)];
  const chosen = found[below(found.length)];
  if (chosen === undefined) return bytes;
  return spliced(bytes, chosen.index, chosen.index + chosen[0].length, numbers[below(numbers.length)] ?? bytes);
}

/** One quoted word takes the place of another: fields that are twice there, or have another's value. */
function withWordExchanged(bytes: Buffer, below: Below): Buffer {
  const found = [...bytes.toString('latin1').matchAll(/"[^"]*"|null|true|false/g)];
  const [one, other] = [found[below(found.length)], found[below(found.length)]];
  if (one === undefined || other === undefined) return bytes;
  return spliced(bytes, one.index, one.index + one[0].length, Buffer.from(other[0], 'latin1'));
}

function nested(bytes: Buffer, at: number, below: Below): Buffer {
  const piece = ['[', '{"a":', '<a>', '('][below(4)] ?? '[';
  return spliced(bytes, at, at, Buffer.from(piece.repeat(10_000)));
}
