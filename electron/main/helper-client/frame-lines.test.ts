import { expect, it } from 'vitest';
import { FrameLines } from './frame-lines.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

it('gives whole lines, wherever the chunks are cut', () => {
  const text = '{"a":"é"}\n\n{"b":2}\n{"c":"no end';
  for (let cut = 0; cut <= bytes(text).length; cut += 1) {
    const lines = new FrameLines(100);
    const got = [...lines.push(bytes(text).subarray(0, cut)), ...lines.push(bytes(text).subarray(cut))];
    expect(got).toEqual(['{"a":"é"}', '{"b":2}']);
  }
});

it('takes a line of exactly the limit and refuses one byte more', () => {
  expect(new FrameLines(5).push(bytes('12345\n'))).toEqual(['12345']);
  expect(() => new FrameLines(5).push(bytes('123456\n'))).toThrow(/longer than 5 bytes/);
});

it('refuses an endless line before it ends', () => {
  const lines = new FrameLines(10);
  lines.push(bytes('12345678'));
  expect(() => lines.push(bytes('9012'))).toThrow(/longer/);
});

it('refuses bytes that are not UTF-8', () => {
  expect(() => new FrameLines(10).push(new Uint8Array([0xc3, 0x28, 0x0a]))).toThrow(/UTF-8/);
});
