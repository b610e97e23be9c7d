import { describe, expect, it } from 'vitest';
import type { LockHolder } from './held-lock.ts';
import { WaitingWords } from './waiting.ts';

const second = 1_000_000_000n;
const holder = (pid: number, sinceNs: bigint, mode: LockHolder['mode'] = 'shared'): LockHolder => ({
  ...{ id: `${pid}-${sinceNs}`, mode, hostname: 'lap', username: 'anna', pid, sinceNs },
});

describe('words for who is in the way', () => {
  it('name them, what for and for how long, through refreshes', () => {
    const words = new WaitingWords();
    const start = 10_000n * second;
    expect(words.of([holder(7, start, 'exclusive')], start + 5n * second)).toEqual({
      text: 'Waiting for the repository: held by anna on lap (process 7) to delete or to check, for 5 s or longer.',
      isNew: true,
    });
    const refreshed = holder(7, start + 300n * second, 'exclusive');
    expect(words.of([refreshed], start + 301n * second)).toEqual({
      text: expect.stringContaining('for 5 min or longer'),
      isNew: false,
    });
  });

  it('say when somebody else is in the way, count the others, and never a time below nothing', () => {
    const words = new WaitingWords();
    words.of([holder(7, 0n)], second);
    expect(words.of([holder(8, 90n * second), holder(9, 0n)], second)).toEqual({
      text: 'Waiting for the repository: held by anna on lap (process 8) and 1 more, for 0 s or longer.',
      isNew: true,
    });
    // Who comes back begins anew.
    expect(words.of([holder(7, 7200n * second)], 14_400n * second).text).toContain('for 2 h or longer');
  });
});
