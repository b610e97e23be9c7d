import { describe, expect, it } from 'vitest';
import { displayPath } from './display-path.ts';

describe('a path for people', () => {
  it.each<[Buffer, string]>([
    [Buffer.from('/home/ann/Ünïcödé 静止点 😀'), '/home/ann/Ünïcödé 静止点 😀'],
    [Buffer.from('/a\nb\x7f'), '/a\\x0ab\\x7f'],
    [Buffer.from([0x2f, 0xff, 0x61, 0xc3]), '/\\xffa\\xc3'],
    [Buffer.from([0x2f, 0xed, 0xa0, 0x80]), '/\\xed\\xa0\\x80'],
    [Buffer.from('/\ufffd'), '/\\xef\\xbf\\xbd'],
  ])('%j reads %s', (path, text) => {
    expect(displayPath(path)).toBe(text);
  });
});
