import { expect, it } from 'vitest';
import { LaterStarts } from './later-starts.ts';

it('opens the window for each later start of a person, and for none of a login', () => {
  const starts = new LaterStarts();
  let opened = 0;
  starts.lead(() => {
    opened += 1;
  });
  starts.hear(['stillpoint', '--hidden']);
  expect(opened).toBe(0);
  starts.hear(['stillpoint']);
  starts.hear(['stillpoint']);
  expect(opened).toBe(2);
});

it('keeps in mind who came before there was a window, once', () => {
  const starts = new LaterStarts();
  let opened = 0;
  const open = () => {
    opened += 1;
  };
  starts.hear(['stillpoint']);
  starts.hear(['stillpoint']);
  starts.lead(open);
  expect(opened).toBe(1);
  const hidden = new LaterStarts();
  hidden.hear(['stillpoint', '--hidden']);
  hidden.lead(open);
  expect(opened).toBe(1);
});
