import type { Change, nodeTypes } from '../../../shared/domain/snapshot.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { allSnapshots, findSnapshot } from '../find-snapshot.ts';
import { formatBytes, formatDuration } from '../output/units.ts';
import { openedRepository, type Session } from '../session.ts';

const pageSize = 2000;

export async function listSnapshots(session: Session): Promise<ExitCode> {
  const repositoryId = await openedRepository(session);
  const snapshots = await allSnapshots(session.service, repositoryId);
  for (const snapshot of snapshots) {
    const level = snapshot.level ?? (snapshot.kind === 'foreign' ? 'made by another program' : 'unknown');
    const marks = [snapshot.kind === 'safety' ? 'safety' : '', snapshot.pinned ? 'kept for ever' : ''].filter(Boolean);
    const stall = snapshot.stallMs === null ? '' : `  held ${formatDuration(snapshot.stallMs)}`;
    session.output.result(
      { type: 'snapshot', ...snapshot },
      `${snapshot.id.slice(0, 8)}  ${snapshot.time.slice(0, 19)}Z  ${level.padEnd(15)}  ${snapshot.paths.join(' ')}${stall}${marks.length > 0 ? `  (${marks.join(', ')})` : ''}`,
    );
  }
  if (snapshots.length === 0) session.output.result({ type: 'snapshots', count: 0 }, 'No snapshots yet.');
  return exitCodes.done;
}

export async function listFolder(session: Session, wanted: string, path: string): Promise<ExitCode> {
  const repositoryId = await openedRepository(session);
  const { id: snapshotId } = await findSnapshot(session.service, repositoryId, wanted);
  for (let offset = 0; ; ) {
    const page = await session.service.call(
      'snapshots.tree',
      { repositoryId, snapshotId, path, offset, limit: pageSize },
      { signal: session.signal },
    );
    for (const entry of page.entries) {
      const size = entry.type === 'file' ? formatBytes(entry.size) : entry.type;
      const target = entry.linkTarget === undefined ? '' : ` -> ${entry.linkTarget}`;
      session.output.result(
        { type: 'entry', entry },
        `${modeText(entry.type, entry.mode)}  ${size.padStart(10)}  ${entry.modifiedAt.slice(0, 19)}Z  ${entry.name}${target}`,
      );
    }
    offset += page.entries.length;
    if (page.entries.length === 0 || offset >= page.total) return exitCodes.done;
  }
}

export async function diff(session: Session, before: string, after: string): Promise<ExitCode> {
  const repositoryId = await openedRepository(session);
  const a = await findSnapshot(session.service, repositoryId, before);
  const b = await findSnapshot(session.service, repositoryId, after);
  for (let offset = 0; ; ) {
    const page = await session.service.call(
      'snapshots.diff',
      { repositoryId, before: a.id, after: b.id, offset, limit: pageSize },
      { signal: session.signal },
    );
    for (const change of page.changes) session.output.result({ type: 'change', change }, changeText(change));
    offset += page.changes.length;
    if (page.changes.length === 0 || offset >= page.total) {
      session.output.result({ type: 'diff', total: page.total }, page.total === 0 ? 'No differences.' : '');
      return exitCodes.done;
    }
  }
}

export async function evidence(session: Session, wanted: string): Promise<ExitCode> {
  const repositoryId = await openedRepository(session);
  const { id: snapshotId } = await findSnapshot(session.service, repositoryId, wanted);
  const { evidence: found } = await session.service.call('snapshots.evidence', { repositoryId, snapshotId });
  session.output.result(
    { type: 'evidence', snapshotId, evidence: found },
    found === null
      ? 'Made by another program: nothing is known about how still it was.'
      : JSON.stringify(found, null, 2),
  );
  return exitCodes.done;
}

const signs: { readonly [C in Change['change']]: string } = { added: '+', removed: '-', changed: 'M', metadata: 'm' };

function changeText({ change, path, sizeBefore, sizeAfter }: Change): string {
  const sizes =
    sizeBefore !== null && sizeAfter !== null && sizeBefore !== sizeAfter
      ? `  ${formatBytes(sizeBefore)} -> ${formatBytes(sizeAfter)}`
      : '';
  return `${signs[change]}  ${path}${sizes}`;
}

const typeLetters: { readonly [T in (typeof nodeTypes)[number]]: string } = {
  file: '-',
  dir: 'd',
  symlink: 'l',
  fifo: 'p',
  chardev: 'c',
  dev: 'b',
  socket: 's',
  irregular: '?',
};

function modeText(type: (typeof nodeTypes)[number], mode: number): string {
  const bits = [...'rwxrwxrwx'].map((letter, index) => ((mode >> (8 - index)) & 1 ? letter : '-')).join('');
  return typeLetters[type] + bits;
}
