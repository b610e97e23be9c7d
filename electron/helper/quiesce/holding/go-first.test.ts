import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { availableParallelism, getPriority } from 'node:os';
import { describe, expect, it } from 'vitest';
import { threadIds } from '../../system/io-priority.ts';
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

  it.skipIf(availableParallelism() < 2)(
    'has other threads of its process leave a processor free until it is over',
    async () => {
      await Promise.all(Array.from({ length: 4 }, () => readFile('/proc/self/status')));
      const others = threadIds().filter((tid) => tid !== process.pid);
      const listOf = (tid: number): string | undefined =>
        /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync(`/proc/self/task/${tid}/status`, 'latin1'))?.[1];
      const all = listOf(process.pid);
      expect(others.length).toBeGreaterThan(2);
      {
        using _first = goFirst();
        expect(listOf(process.pid)).toBe(all);
        for (const tid of others) expect(listOf(tid)).not.toBe(all);
      }
      for (const tid of others) expect(listOf(tid)).toBe(all);
    },
  );

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
