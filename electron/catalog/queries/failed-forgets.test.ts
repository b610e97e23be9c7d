import { expect, it } from 'vitest';
import type { SourceId } from '../../../shared/domain/ids.ts';
import { forgetWarning } from '../../../shared/domain/keep/forget-warning.ts';
import type { RunView } from '../../../shared/ipc/runs.ts';
import { memoryCatalog } from '../testing/memory-catalog.ts';
import { backupRun, photos } from '../testing/samples.ts';

const failed = (n: number, reason: string, more: Partial<RunView> = {}): RunView =>
  backupRun(n, [], { outcome: 'warnings', warnings: [forgetWarning(reason)], warningsTotal: 1, ...more });

function failedForgets(runs: readonly RunView[], notAfter = backupRun(90, []).startedAt) {
  const { catalog } = memoryCatalog();
  catalog.call('runs.put', { runs: [...runs] });
  return catalog.call('runs.failedForgets', { notAfter });
}

it('counts the newest backups in a row that could not delete, with what the last of them said', () => {
  const other = 'other' as SourceId;
  const runs = [failed(1, 'Old.'), backupRun(2, []), failed(3, 'In use.'), failed(4, 'The disk is read-only.')];
  expect(failedForgets([...runs, failed(5, 'No.', { sourceId: other })])).toEqual([
    { sourceId: other, backups: 1, text: forgetWarning('No.').text },
    { sourceId: photos, backups: 2, text: forgetWarning('The disk is read-only.').text },
  ]);
});

it('knows who did not try, what is history, and what cannot be true', () => {
  const runs = [failed(1, 'In use.'), failed(2, 'In use.')];
  const noSnapshot = backupRun(3, [], { outcome: 'failed', snapshotId: null });
  expect(failedForgets([...runs, noSnapshot])).toMatchObject([{ backups: 2 }]);
  expect(failedForgets([...runs, backupRun(99, [])])).toMatchObject([{ backups: 2 }]);
  expect(failedForgets([...runs, backupRun(3, [], { kind: 'forget', snapshotId: null })])).toEqual([]);
  expect(failedForgets([...runs, backupRun(3, [])])).toEqual([]);
});
