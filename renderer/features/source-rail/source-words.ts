import { useTranslation } from 'react-i18next';
import type { SourceView } from '../../../shared/ipc/sources.ts';
import { inSentence } from '../../state/late-words.ts';
import { useStore } from '../../state/store.ts';
import { calendarDaysBetween, dateFormat, formatTime } from '../../ui/format/date-time.ts';
import { formatPercent } from '../../ui/format/numbers.ts';
import { formatRelative } from '../../ui/format/relative-time.ts';
import { useNow } from '../../ui/use-now.ts';
import { sourceLine } from './source-line.ts';

/** The quiet line under a source's name, kept current. */
export function useSourceWords(source: SourceView): string {
  const { t } = useTranslation(['source-rail', 'phases', 'timeline']);
  const now = useNow(20_000);
  const runs = useStore((state) => state.runs) ?? [];
  const share = useStore((state) => state.shares.get(source.runningRunId as never)?.share);
  const repositories = useStore((state) => state.repositories);
  const names = repositories?.map(({ name }) => name) ?? [];
  const line = sourceLine(source, runs, now);
  switch (line.kind) {
    case 'running': {
      if (line.run === null || line.run.phase === null) return t('health.running');
      const phase = t(`phases:${line.run.phase}`);
      return share === undefined ? phase : t('timeline:running', { phase, percent: formatPercent(share) });
    }
    case 'never':
      return t('never');
    case 'interrupted': {
      const health = t('interrupted');
      return line.lastGood === null
        ? health
        : t('lastGood', { health, age: formatRelative(line.lastGood, now, 'narrow') });
    }
    case 'late': {
      const late = line.since === null ? t('health.late') : t('lateSince', { when: shortMoment(line.since, now) });
      return line.why === '' ? late : t('noGood', { health: late, why: inSentence(line.why, names) });
    }
    case 'held-back':
      return t('heldBack', { age: formatRelative(line.lastGood, now, 'narrow'), why: inSentence(line.why, names) });
    case 'trouble': {
      const health = t(`health.${source.health}`);
      if (line.lastGood !== null) return t('lastGood', { health, age: formatRelative(line.lastGood, now, 'narrow') });
      if (line.why === '') return health;
      // What it waits for says that it waits.
      return source.health === 'waiting' ? line.why : t('noGood', { health, why: line.why });
    }
    case 'good': {
      const age = formatRelative(line.lastGood, now, 'narrow');
      return line.next === null ? t('ageOnly', { age }) : t('age', { age, next: shortMoment(line.next, now) });
    }
  }
}

/** `10:00` today, else the day. */
export function shortMoment(time: number, now: number): string {
  const days = calendarDaysBetween(now, time);
  if (days === 0) return formatTime(time);
  return dateFormat(days < 7 ? { weekday: 'short' } : { day: 'numeric', month: 'short' }).format(time);
}
