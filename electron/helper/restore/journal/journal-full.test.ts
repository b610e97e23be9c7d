import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import type { RunId } from '../../../../shared/domain/ids.ts';
import { ErrnoError } from '../../system/errno.ts';
import { Journal, leftJournals } from './journal.ts';
import type { JournalRecord } from './journal-records.ts';

/** Bytes that still fit on the disk. */
const disk = vi.hoisted(() => ({ room: Number.POSITIVE_INFINITY }));

vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  const writeSync = (fd: number, bytes: Uint8Array, from: number): number => {
    const length = Math.min(bytes.length - from, disk.room);
    if (length === 0) throw new ErrnoError(28 /* ENOSPC */, 'write');
    disk.room -= length;
    return fs.writeSync(fd, bytes, from, length);
  };
  return { ...fs, writeSync };
});

it('a journal that found no room in the middle of a line goes on whole when there is room again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'stillpoint-journal-full-'));
  try {
    const journal = Journal.create(folder, '1'.repeat(32) as RunId);
    const records = Array.from({ length: 5 }, (_, n): JournalRecord => ({ record: 'skipped', n }));
    journal.append(records[0] as JournalRecord);
    await journal.sync();
    for (const record of records.slice(1, 4)) journal.append(record);
    disk.room = 40;
    await expect(journal.sync()).rejects.toMatchObject({ kind: 'scratch-full', retryable: true });
    disk.room = Number.POSITIVE_INFINITY;
    journal.append(records[4] as JournalRecord);
    await journal.sync();
    expect(leftJournals(folder)[0]?.records).toEqual(records);
    journal.remove();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
