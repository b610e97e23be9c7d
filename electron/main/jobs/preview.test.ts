import { describe, expect, it } from 'vitest';
import { largestPicture, longestText, previewOf, wantedBytes } from './preview.ts';
import { unquoteName } from './unquote-name.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 1, 2]);

describe('previewOf', () => {
  it('shows text, whole or cut, also through the middle of a character', () => {
    expect(previewOf(bytes('héllo'), 6)).toEqual({ text: 'héllo', dataUrl: null, size: 6, truncated: false });
    const long = bytes('é'.repeat(longestText));
    expect(previewOf(long.subarray(0, longestText + 10), long.length)).toMatchObject({ truncated: true });
    expect(previewOf(bytes('é').subarray(0, 1), 100).text).toBe('');
  });

  it('shows a picture as one, by its content', () => {
    expect(previewOf(png, png.length)).toMatchObject({
      text: null,
      dataUrl: expect.stringMatching(/^data:image\/png;/),
    });
    expect(previewOf(png, largestPicture + 1)).toMatchObject({ text: null, dataUrl: null, truncated: true });
  });

  it('shows nothing of what is neither', () => {
    expect(previewOf(new Uint8Array([1, 0, 2]), 3)).toMatchObject({ text: null, dataUrl: null });
    expect(previewOf(new Uint8Array([0xc3, 0x28]), 2)).toMatchObject({ text: null, dataUrl: null });
    expect(previewOf(new Uint8Array(), 0)).toMatchObject({ text: '', truncated: false });
  });

  it('draws no SVG', () => {
    expect(previewOf(bytes('<svg onload="x"/>'), 17)).toMatchObject({ dataUrl: null, text: '<svg onload="x"/>' });
  });

  it('asks for the whole of a picture only when it is small enough', () => {
    expect(wantedBytes(png, 1_000_000)).toBe(1_000_000);
    expect(wantedBytes(png, largestPicture + 1)).toBe(longestText);
    expect(wantedBytes(bytes('text'), 1_000_000)).toBe(longestText);
  });
});

it.each([
  ['plain.txt', 'plain.txt'],
  ['日本 é', '日本 é'],
  ['a\\"b\\\\c', 'a"b\\c'],
  ['line\\nbreak', 'line\nbreak'],
  ['\\xc3\\xa9', 'é'],
  ['bad\\xff', 'bad\ufffd'],
  ['\\u00e9\\U0001f600', 'é😀'],
  ['\\Uffffffff', '\ufffd'],
])('unquoteName(%j)', (quoted, expected) => {
  expect(unquoteName(quoted)).toBe(expected);
});
