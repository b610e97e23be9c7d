import type { RepositoryId } from '../../../../shared/domain/ids.ts';
import type { SnapshotSummary } from '../../../../shared/domain/snapshot.ts';
import { decodeSnapshotTags } from '../../../../shared/domain/snapshot-tags.ts';
import { nsToInstant } from '../../../../shared/domain/time.ts';
import type { Snapshot } from '../../repository/index.ts';

/**
 * What a snapshot's file alone says; nothing of its tree is read. Figures that only the evidence holds are null: ask for
 * the evidence.
 */
export function summaryOf(repositoryId: RepositoryId, snapshot: Snapshot): SnapshotSummary {
  const tags = decodeSnapshotTags(snapshot.tags);
  return {
    id: snapshot.id,
    repositoryId,
    runId: tags.runId,
    sourceId: tags.sourceId,
    sourceName: nameOf(snapshot.paths),
    time: nsToInstant(snapshot.timeNs),
    askedAt: null,
    level: tags.level,
    method: null,
    stallMs: null,
    kind: tags.runId === null ? 'foreign' : tags.safety ? 'safety' : 'backup',
    hostname: snapshot.hostname,
    username: snapshot.username,
    paths: [...snapshot.paths],
    tags: [...snapshot.tags],
    pinned: tags.pinned,
    files: null,
    bytes: null,
    newBytes: null,
  };
}

function nameOf([first = '/', ...others]: readonly string[]): string {
  const name = first.replace(/\/+$/, '').split('/').at(-1);
  const short = name === undefined || name === '' ? first : name;
  return others.length === 0 ? short : `${short} and ${others.length} more`;
}
