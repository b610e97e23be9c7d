import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type SnapshotSummary, snapshotSummarySchema } from '../../../shared/domain/snapshot.ts';

export const publishedFile = 'published.jsonl';

/** The snapshots that processes published before they were killed. */
export function publishedIn(folder: string): SnapshotSummary[] {
  try {
    const lines = readFileSync(join(folder, publishedFile), 'utf8').split('\n');
    return lines.flatMap((line) => (line === '' ? [] : [snapshotSummarySchema.parse(JSON.parse(line))]));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
