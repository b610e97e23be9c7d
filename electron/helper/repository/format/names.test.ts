import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../testing/seeded-random.ts';
import { quoteName, unquoteName } from './names.ts';

/** Bytes and the text that Go's strconv.Quote gives for them, outer quotes removed. */
const known: readonly [Buffer, string][] = [
  [Buffer.from('plain name.txt'), 'plain name.txt'],
  [Buffer.from('say "hi"'), 'say \\"hi\\"'],
  [Buffer.from('back\\slash'), 'back\\\\slash'],
  [Buffer.from('\x07\b\f\n\r\t\v'), '\\a\\b\\f\\n\\r\\t\\v'],
  [Buffer.from([0x01, 0x1f, 0x7f]), '\\x01\\x1f\\x7f'],
  [Buffer.from([0xff, 0xfe]), '\\xff\\xfe'],
  [Buffer.from('é静止点'), 'é静止点'],
  [Buffer.from('\u00a0\u2028\ufeff'), '\\u00a0\\u2028\\ufeff'],
  [Buffer.from('\u{1f600}'), '\u{1f600}'],
  [Buffer.from('\u{e0001}'), '\\U000e0001'],
  [Buffer.from('\ufffd'), '\ufffd'],
  [Buffer.from([0xed, 0xa0, 0x80]), '\\xed\\xa0\\x80'],
  [Buffer.from([0xc0, 0xaf]), '\\xc0\\xaf'],
  [Buffer.from([0xf4, 0x90, 0x80, 0x80]), '\\xf4\\x90\\x80\\x80'],
  [Buffer.from([0x61, 0xe2, 0x82]), 'a\\xe2\\x82'],
];

describe('names of tree entries', () => {
  it.each(known)('quotes %j as Go does', (bytes, text) => {
    expect(quoteName(bytes)).toBe(text);
    expect(unquoteName(text).equals(bytes)).toBe(true);
  });

  it('reads the escapes that Go reads and does not write', () => {
    expect(unquoteName('\\101\\x41\\u0041\\U00000041').toString()).toBe('AAAA');
  });

  it.each(['a"b', 'line\nbreak', 'tail\\', '\\q', "\\'", '\\x4', '\\xZZ', '\\ud800', '\\U00110000', '\\400', '\\08'])(
    'refuses %j',
    (text) => {
      expect(() => unquoteName(text)).toThrow(expect.objectContaining({ kind: 'repository-damaged' }));
    },
  );

  it('brings any bytes back', () => {
    const random = new SeededRandom(1);
    const alphabet = Buffer.from([
      0, 10, 34, 92, 65, 0x7f, 0x80, 0xa0, 0xc2, 0xc3, 0xe2, 0xed, 0xf0, 0xf4, 0x9f, 0xbf, 0xff,
    ]);
    for (let round = 0; round < 5000; round += 1) {
      const bytes = Buffer.from(Array.from({ length: random.int(12) }, () => random.pick([...alphabet])));
      expect(unquoteName(quoteName(bytes)).equals(bytes), bytes.toString('hex')).toBe(true);
    }
  });
});
