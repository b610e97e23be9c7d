import type { TFunction } from 'i18next';
import type { RunView } from '../../../shared/ipc/runs.ts';
import { formatBytes } from '../../ui/format/bytes.ts';
import { formatDuration } from '../../ui/format/duration.ts';

/** The title of an end. Where the level is weak it says so instead of sounding like a success. */
export function endWords(run: RunView, name: string, t: TFunction<['running-card', 'levels']>): string {
  const outcome = run.outcome ?? 'interrupted';
  if (run.kind !== 'backup') return t('end.other', { title: name, outcome: t(`end.outcome.${outcome}`) });
  if ((outcome === 'done' || outcome === 'warnings') && isWeak(run)) {
    return t('end.weak', { name, level: t(`levels:${run.level ?? 'unknown'}.label`) });
  }
  return t(`end.${outcome}`, { name });
}

/** How still a finished backup was and what is in it, in one sentence; where it is weak, the title has said how. */
export function achievedWords(run: RunView, t: TFunction<['running-card', 'levels']>): string {
  const counts = t('end.counts', {
    count: run.files,
    size: formatBytes(run.bytes),
    new: formatBytes(run.newBytes),
  });
  return isWeak(run) ? counts : t('end.achieved', { how: howStill(run, t), counts });
}

function howStill({ level, held }: RunView, t: TFunction<['running-card', 'levels']>): string {
  if (level === 'filesystem' && held !== null) return t('end.held', { duration: formatDuration(held.stallMs) });
  return level === 'observed-static' ? t('end.quiet') : t(`levels:${level ?? 'unknown'}.label`);
}

function isWeak({ level }: RunView): boolean {
  return level === null || level === 'torn' || level === 'per-file';
}
