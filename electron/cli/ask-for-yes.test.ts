import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { askForYes } from './ask-for-yes.ts';

function answering(text: string): Promise<boolean> {
  const input = new PassThrough();
  input.end(text);
  return askForYes(input, new PassThrough(), 'Go on?');
}

it.each([
  ['y\n', true],
  ['Yes\n', true],
  ['\n', false],
  ['no\n', false],
  ['yesterday\n', false],
  ['', false],
])('takes %j as %s', async (text, expected) => {
  expect(await answering(text)).toBe(expected);
});
