import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { RunId } from '../../../../shared/domain/ids.ts';
import { hasCode } from '../../system/errno.ts';
import { openLoopFilesystem, whyNoLoopFilesystem } from '../../system/testing/loop-filesystem.ts';
import { Journal, leftJournals } from './journal.ts';
import type { JournalRecord } from './journal-records.ts';

const noLoop = whyNoLoopFilesystem('ext4');

it.skipIf(noLoop !== undefined)(
  `a journal that found no room in the middle of a line goes on whole when there is room again${noLoop ? ` (${noLoop})` : ''}`,
  async () => {
    await using disk = await openLoopFilesystem({ type: 'ext4', sizeMiB: 8 });
    const folder = `${disk.mountPoint}/state`;
    const journal = Journal.create(folder, '1'.repeat(32) as RunId);
    const records = Array.from({ length: 4000 }, (_, n): JournalRecord => ({ record: 'skipped', n }));
    journal.append(records[0] as JournalRecord);
    await journal.sync();
    const filler = `${disk.mountPoint}/filler`;
    const fd = openSync(filler, 'w');
    try {
      for (;;) writeSync(fd, Buffer.alloc(1 << 20, 1));
    } catch (error) {
      if (!hasCode(error, 'ENOSPC')) throw error;
    } finally {
      closeSync(fd);
    }
    for (const record of records.slice(1, 3999)) journal.append(record);
    await expect(journal.sync()).rejects.toMatchObject({ kind: 'scratch-full', retryable: true });
    // Nothing of a line that is not whole stays.
    expect(leftJournals(folder)[0]?.records).toEqual(records.slice(0, 1));
    rmSync(filler);
    journal.append(records[3999] as JournalRecord);
    await journal.sync();
    expect(leftJournals(folder)[0]?.records).toEqual(records);
    journal.remove();
  },
);
