import { expect, it } from 'vitest';
import { inSentence, whyLate } from './late-words.ts';

it('tells what holds a late source back, else what main says of it', () => {
  expect(whyLate({ heldBack: 'Waiting for Backup disk', healthText: 'Last good backup 3 days ago' })).toBe(
    'Waiting for Backup disk',
  );
  expect(whyLate({ heldBack: '', healthText: 'Last good backup 3 days ago.' })).toBe('Last good backup 3 days ago');
});

it('begins small within a sentence, but for names', () => {
  expect(inSentence('Waiting for Backup disk', ['Backup disk'])).toBe('waiting for Backup disk');
  expect(inSentence('Backup disk cannot be written', ['Backup disk'])).toBe('Backup disk cannot be written');
  expect(inSentence('')).toBe('');
});
