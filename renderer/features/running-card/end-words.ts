import type { TFunction } from 'i18next';
import type { RunView } from '../../../shared/ipc/runs.ts';

/** The title of an end. Where the level is weak it says so instead of sounding like a success. */
export function endWords(run: RunView, name: string, t: TFunction<['running-card', 'levels']>): string {
  const outcome = run.outcome ?? 'interrupted';
  if (run.kind !== 'backup') return t('end.other', { title: name, outcome: t(`end.outcome.${outcome}`) });
  const weak = run.level === null || run.level === 'torn' || run.level === 'per-file';
  if ((outcome === 'done' || outcome === 'warnings') && weak) {
    return t('end.weak', { name, level: t(`levels:${run.level ?? 'unknown'}.label`) });
  }
  return t(`end.${outcome}`, { name });
}
