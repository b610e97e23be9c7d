import type { BlobId } from '../../../../shared/domain/ids.ts';
import { hasCode } from '../../system/errno.ts';
import { Breather } from '../breather.ts';
import { type Found, itemPath, type PlanItem } from '../plan/plan-item.ts';
import { type ReadBack, readBack } from './read-back.ts';
import type { RestoreContext } from './restore-context.ts';

export interface WrittenFile {
  readonly item: PlanItem;
  readonly content: readonly BlobId[];
  readonly blobLengths: readonly number[];
  readonly found: Found;
}

/**
 * Reads back every file that was written, in the pieces it was stored in, and compares their hashes. A file that
 * somebody changed since is theirs and is not judged. The medium is read where the system forgets what it has in memory
 * (see `forgetCached`); what it cannot read counts as different.
 */
export async function verifyFiles(context: RestoreContext, files: readonly WrittenFile[]): Promise<void> {
  const breather = new Breather(context.signal);
  for (const file of files) {
    await breather.pause();
    judge(context, file, await verifyFile(context, file, breather));
  }
}

/** Counts it, or tells what it came to. */
export function judge({ report, warnings, tally }: RestoreContext, file: WrittenFile, result: ReadBack): void {
  const path = itemPath(file.item);
  if (result === 'same' && hasItsLength(file)) tally.verified += 1;
  else if (result !== 'changed')
    warnings.add(path, 'It does not read back as it was written. Restore it again; the disk may be faulty.');
  report.advance(1, 0, path);
}

/** No longer and no shorter than what was written to it: pieces that read back right say nothing of what follows them. */
function hasItsLength({ found, blobLengths }: WrittenFile): boolean {
  return Number(found.size) === blobLengths.reduce((sum, length) => sum + length, 0);
}

async function verifyFile(
  { target, zeros, report }: RestoreContext,
  { item, content, blobLengths, found }: WrittenFile,
  breather: Breather,
): Promise<ReadBack> {
  const pieces = content.map((id, index) => ({
    ...{ id, length: blobLengths[index] ?? 0 },
    isZero: zeros.has(id),
    witness: null,
  }));
  const reading = readBack(target.ops, target.entry(item.in, item.name), found, pieces, 0);
  try {
    for (let step = reading.next(); ; step = reading.next()) {
      if (step.done) return step.value;
      report.advance(0, step.value);
      await breather.pause();
    }
  } catch (error) {
    if (hasCode(error, 'EIO')) return 'different';
    throw error;
  } finally {
    reading.return('changed');
  }
}
