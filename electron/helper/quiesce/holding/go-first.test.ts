import { getPriority } from 'node:os';
import { describe, expect, it } from 'vitest';
import { goFirst } from './go-first.ts';

const mayGoFirst = process.getuid?.() === 0;

describe('the thread that writers wait for', () => {
  it('goes first until it is over, where that is permitted', () => {
    const before = getPriority(0);
    {
      using _first = goFirst();
      expect(getPriority(0)).toBe(mayGoFirst ? -20 : before);
    }
    expect(getPriority(0)).toBe(before);
  });

  it('goes with the others again after what it did has failed', () => {
    const before = getPriority(0);
    const fail = (): never => {
      using _first = goFirst();
      throw new Error('the freeze was refused');
    };
    expect(fail).toThrow('refused');
    expect(getPriority(0)).toBe(before);
  });

  it('keeps what was set before when it is done twice', () => {
    const before = getPriority(0);
    {
      using _outer = goFirst();
      {
        using _inner = goFirst();
      }
      expect(getPriority(0)).toBe(mayGoFirst ? -20 : before);
    }
    expect(getPriority(0)).toBe(before);
  });
});
