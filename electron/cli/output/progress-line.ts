import type { PhaseName, Progress } from '../../../shared/domain/run.ts';
import { phaseWords } from './phase-words.ts';
import { formatBytes, formatDuration } from './units.ts';

const barWidth = 20;

/** One line of progress, cut to the terminal's width. A bar is drawn only where a total is known. */
export function progressLine(phase: PhaseName, progress: Progress, columns: number): string {
  const parts = [phaseWords(phase).padEnd(28), bar(progress), amount(phase, progress)];
  if (progress.bytesPerSecond !== null && progress.bytesPerSecond > 0) {
    parts.push(`${formatBytes(progress.bytesPerSecond)}/s`);
  }
  if (progress.secondsLeft !== null) parts.push(`${formatDuration(progress.secondsLeft * 1000)} left`);
  if (progress.current !== '') parts.push(progress.current);
  return parts
    .filter((part) => part !== '')
    .join('  ')
    .slice(0, Math.max(20, columns - 1));
}

function amount(phase: PhaseName, { bytes, totalBytes, files, totalFiles }: Progress): string {
  // Without data, a check counts the snapshots whose folders it went through, and no bytes.
  if (phase === 'check-structure') return totalFiles === null ? '' : `${files}/${totalFiles} snapshots`;
  const count = totalFiles === null ? `${files} files` : `${files}/${totalFiles} files`;
  const size = totalBytes === null ? formatBytes(bytes) : `${formatBytes(bytes)} of ${formatBytes(totalBytes)}`;
  return `${size}, ${count}`;
}

function bar({ bytes, totalBytes }: Progress): string {
  if (totalBytes === null || totalBytes === 0) return '';
  const full = Math.min(barWidth, Math.floor((bytes / totalBytes) * barWidth));
  return `[${'#'.repeat(full)}${'.'.repeat(barWidth - full)}]`;
}
