import type { RepositoryStatisticsData } from '../../../shared/domain/maintenance.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { formatTime } from '../output/times.ts';
import { formatBytes, formatCount } from '../output/units.ts';
import { openedRepository, type Session } from '../session.ts';

export interface StatsOptions {
  readonly snapshots?: boolean;
}

/** What a repository holds, and with `--snapshots` what each snapshot adds. */
export async function stats(session: Session, options: StatsOptions): Promise<ExitCode> {
  const { service, output, signal } = session;
  const id = await openedRepository(session);
  const found = await service.call('repositories.statistics', { id }, { signal, onEvent: () => {} });
  const { snapshots, ...totals } = found;
  if (options.snapshots === true) {
    for (const snapshot of snapshots) {
      const { id: snapshotId, time, logicalBytes, files, newBytes, onlyBytes, isWhole } = snapshot;
      const columns = [
        snapshotId.slice(0, 8),
        formatTime(Date.parse(time)),
        `${formatBytes(logicalBytes).padStart(10)} in ${formatCount(files, 'file', 'files')}`,
        `new ${formatBytes(newBytes)}`,
        `only here ${formatBytes(onlyBytes)}`,
        isWhole ? '' : 'not whole: too low',
      ];
      output.result({ type: 'snapshot', ...snapshot }, columns.filter((column) => column !== '').join('  '));
    }
  }
  output.result({ type: 'statistics', repositoryId: id, ...totals }, totalsText(totals));
  const isWhole = found.unreadableSnapshots === 0 && snapshots.every((snapshot) => snapshot.isWhole);
  return isWhole ? exitCodes.done : exitCodes.warnings;
}

function totalsText(totals: Omit<RepositoryStatisticsData, 'snapshots'>): string {
  const lines: readonly (readonly [string, string])[] = [
    [
      'Snapshots',
      `${totals.snapshotsTotal}${totals.unreadableSnapshots > 0 ? `, ${totals.unreadableSnapshots} more cannot be read` : ''}`,
    ],
    ['Their content', formatBytes(totals.logicalBytes)],
    ['Different content', formatBytes(totals.uniqueBytes)],
    ['Stored', `${formatBytes(totals.storedBytes)} (compressed ${totals.compressionRatio.toFixed(2)} to 1)`],
    ['Not needed', `${formatBytes(totals.unusedBytes)} in ${formatCount(totals.unusedBlobs, 'blob', 'blobs')}`],
    ['Stored twice', formatBytes(totals.duplicateBytes)],
    ['In no index', formatBytes(totals.unlistedBytes)],
    ['Blobs', `${totals.blobs}, ${totals.treeBlobs} of them folders`],
    ['Packs', `${totals.packs}, ${formatBytes(totals.packBytes)}`],
    ['Index and snapshots', formatBytes(totals.otherBytes)],
  ];
  return lines.map(([name, value]) => `${name.padEnd(20)}  ${value}`).join('\n');
}
