import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { diskUse } from './disk-use.ts';

describe('how busy a disk is', () => {
  it('is the share of the time since the look before', () => {
    const root = mkdtempSync(join(tmpdir(), 'stillpoint-disk-'));
    onTestFinished(() => rmSync(root, { recursive: true }));
    mkdirSync(join(root, '8:1'));
    const busyFor = (ms: number): void =>
      writeFileSync(join(root, '8:1/stat'), `1 2 3 4 5 6 7 8 0 ${ms} 11 0 0 0 0 0 0\n`);
    let clock = 1000;
    busyFor(5000);
    const use = diskUse('8:1', root, () => clock);
    clock += 200;
    busyFor(5050);
    expect(use?.()).toBe(0.25);
    clock += 100;
    expect(use?.()).toBe(0);
    clock += 100;
    busyFor(6000);
    expect(use?.()).toBe(1);
    rmSync(join(root, '8:1'), { recursive: true });
    clock += 100;
    expect(use?.()).toBe(0);
    expect(diskUse('9:9', root)).toBeUndefined();
  });
});
