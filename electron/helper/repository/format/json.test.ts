import { describe, expect, it } from 'vitest';
import { encodeJson, encodeString, parseJson } from './json.ts';

describe('JSON with whole 64-bit integers', () => {
  it('keeps integers beyond 2^53 as bigint and others as numbers', () => {
    expect(parseJson('{"inode":18446744073709551615,"size":12,"x":1.5}', 'It')).toEqual({
      inode: 18446744073709551615n,
      size: 12,
      x: 1.5,
    });
    expect(parseJson('[9007199254740993]', 'It')).toEqual([9007199254740993n]);
  });

  it('is not misled by digits inside strings', () => {
    expect(parseJson('{"a":"x:18446744073709551615","b":[1]}', 'It')).toEqual({ a: 'x:18446744073709551615', b: [1] });
  });

  it('writes bigint as a plain integer and leaves undefined out', () => {
    expect(encodeJson({ a: 2n ** 63n, b: undefined, c: [1n] })).toBe('{"a":9223372036854775808,"c":[1]}');
  });

  it('escapes as Go does', () => {
    expect(encodeString('<&>\u2028"\\')).toBe('"\\u003c\\u0026\\u003e\\u2028\\"\\\\"');
    expect(encodeString('\ud800')).toBe('"\ufffd"');
  });

  it.each(['', '{', '[1,]', 'nul', '\u0000', '"'])('refuses %j', (text) => {
    expect(() => parseJson(text, 'It')).toThrow(expect.objectContaining({ kind: 'repository-damaged' }));
  });

  it('survives absurd nesting', () => {
    const deep = `${'['.repeat(200_000)}12345678901234567890${']'.repeat(200_000)}`;
    const parse = (): unknown => parseJson(deep, 'It');
    expect(() => {
      try {
        parse();
      } catch (error) {
        expect(error).toMatchObject({ kind: 'repository-damaged' });
      }
    }).not.toThrow();
  });
});
