import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { processEnvironment } from './environment.ts';

describe('whether a lock’s process still runs', () => {
  it('knows a running one, one that is gone, and one that ended but was not waited for', async () => {
    const { isAlive } = processEnvironment();
    expect(isAlive(process.pid)).toBe(true);
    expect(isAlive(2 ** 22 + 1)).toBe(false);
    // A shell that becomes something which never waits for the child it has.
    const parent = spawn('/bin/sh', ['-c', 'sleep 0.2 & echo $!; exec sleep 30'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    try {
      const child = await new Promise<number>((resolve) => parent.stdout.once('data', (text) => resolve(Number(text))));
      while (!/\) Z/.test(readFileSync(`/proc/${child}/stat`, 'latin1')))
        await new Promise((next) => setTimeout(next, 5));
      expect(isAlive(child)).toBe(false);
    } finally {
      parent.kill('SIGKILL');
    }
  });
});
