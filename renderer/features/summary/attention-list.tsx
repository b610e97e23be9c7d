import { IconAlertTriangle, IconCircleX, IconClockExclamation } from '@tabler/icons-react';
import type { TFunction } from 'i18next';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { SourceId } from '../../../shared/domain/ids.ts';
import { changedWords } from '../../state/changed-words.ts';
import { inSentence } from '../../state/late-words.ts';
import { useStore } from '../../state/store.ts';
import { formatBytes } from '../../ui/format/bytes.ts';
import { calendarDaysBetween, dateFormat, formatDay, formatTime } from '../../ui/format/date-time.ts';
import { useNow } from '../../ui/use-now.ts';
import { type Attention, attentionOf } from './attention.ts';
import classes from './summary.module.css';

/** What needs attention, each with the button that leads to it. */
export function AttentionList({ onBackUp }: { readonly onBackUp: (sourceId: SourceId) => void }): ReactNode {
  const { t } = useTranslation(['attention', 'levels', 'changed-files']);
  const { t: changed } = useTranslation('changed-files');
  const now = useNow(60_000);
  const sources = useStore((state) => state.sources) ?? [];
  const lanes = useStore((state) => state.lanes) ?? [];
  const repositories = useStore((state) => state.repositories) ?? [];
  const runs = useStore((state) => state.runs) ?? [];
  const items = attentionOf(sources, lanes, repositories, runs, now);
  if (items.length === 0) return null;
  return (
    <section className={classes.attention} aria-labelledby="attention-title">
      <h2 id="attention-title">{t('title')}</h2>
      <ul className={classes.items} data-undated={items.every((item) => whenOf(item, now) === '')}>
        {items.map((item) => (
          <li key={item.key}>
            <span className={classes.when}>{whenOf(item, now)}</span>
            <strong className={classes.who}>{nameOf(item, t)}</strong>
            {item.kind === 'late' ? (
              <IconClockExclamation size={17} className={classes.warn} aria-hidden="true" />
            ) : item.severe ? (
              <IconCircleX size={17} className={classes.bad} aria-hidden="true" />
            ) : (
              <IconAlertTriangle size={17} className={classes.warn} aria-hidden="true" />
            )}
            <span className={classes.what}>{wordsOf(item, t, changed)}</span>
            <span className={classes.actions}>
              <Actions item={item} onBackUp={onBackUp} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Actions({
  item,
  onBackUp,
}: {
  readonly item: Attention;
  readonly onBackUp: (sourceId: SourceId) => void;
}): ReactNode {
  const { t } = useTranslation('attention');
  const { open, selectSnapshot, selectSource, showDetails, needPassword } = useStore.getState();
  const showSource = (sourceId: SourceId): void => {
    selectSource(sourceId);
    showDetails(true);
  };
  switch (item.kind) {
    case 'torn':
    case 'weaker': {
      const { repositoryId, id } = item.mark;
      const show = (): void => selectSnapshot({ repositoryId, snapshotId: id }, item.laneKey);
      return <Action label={t(item.kind === 'torn' ? 'action.files' : 'action.details')} onClick={show} />;
    }
    case 'failed':
    case 'interrupted':
    case 'missed':
      return (
        <>
          <Action label={t('action.log')} onClick={() => open({ name: 'activity', runId: item.runId })} />
          <Action label={t('action.backUp')} onClick={() => onBackUp(item.sourceId)} />
        </>
      );
    case 'late':
      return <LateActions item={item} onBackUp={onBackUp} />;
    case 'notMade':
    case 'health':
      return <Action label={t('action.backUp')} onClick={() => onBackUp(item.sourceId)} />;
    case 'trial':
      return <Action label={t('action.test')} onClick={() => showSource(item.sourceId)} />;
    case 'password':
      return (
        <Action
          label={t('action.unlock')}
          onClick={() => needPassword({ repositoryId: item.repository.id, reason: '' })}
        />
      );
    case 'lowSpace':
    case 'fullSoon':
      return (
        <Action
          label={t('action.freeSpace')}
          onClick={() => open({ name: 'repositories', repositoryId: item.repository.id })}
        />
      );
    default:
      return <Action label={t('action.repositories')} onClick={() => open({ name: 'repositories' })} />;
  }
}

/** What stands in the way first: a password, a disk; else another attempt. */
function LateActions({
  item,
  onBackUp,
}: {
  readonly item: Extract<Attention, { kind: 'late' }>;
  readonly onBackUp: (sourceId: SourceId) => void;
}): ReactNode {
  const { t } = useTranslation('attention');
  const { open, needPassword } = useStore.getState();
  const { repository } = item;
  if (repository === null) return <Action label={t('action.backUp')} onClick={() => onBackUp(item.sourceId)} />;
  return repository.state === 'password-needed' ? (
    <Action label={t('action.unlock')} onClick={() => needPassword({ repositoryId: repository.id, reason: '' })} />
  ) : (
    <Action
      label={t('action.repositories')}
      onClick={() => open({ name: 'repositories', repositoryId: repository.id })}
    />
  );
}

function Action({ label, onClick }: { readonly label: string; readonly onClick: () => void }): ReactNode {
  return (
    <button type="button" className={classes.action} onClick={onClick}>
      {label}
    </button>
  );
}

function nameOf(
  item: Attention,
  t: ReturnType<typeof useTranslation<['attention', 'levels', 'changed-files']>>['t'],
): string {
  if (item.kind !== 'late' || item.others.length === 0) return item.name;
  return t('together', { name: item.name, count: item.others.length });
}

function whenOf(item: Attention, now: number): string {
  if (item.kind === 'torn') {
    const [from, to] = [shortDay(item.since, now), shortDay(item.mark.time, now)];
    return from === to ? from : `${from} – ${to}`;
  }
  if (item.kind === 'weaker') return shortDay(item.since, now);
  if (item.kind === 'late') return item.since === null ? '' : dayAndTime(item.since, now);
  if ('at' in item) return dayAndTime(item.at, now);
  return '';
}

function dayAndTime(at: number, now: number): string {
  return `${shortDay(at, now)} ${formatTime(at)}`;
}

/** `Today`, `Tue`; the date of what is older than a week. */
function shortDay(at: number, now: number): string {
  const days = calendarDaysBetween(at, now);
  return days > 1 && days < 7 ? dateFormat({ weekday: 'short' }).format(at) : formatDay(at, now);
}

function wordsOf(
  item: Attention,
  t: ReturnType<typeof useTranslation<['attention', 'levels', 'changed-files']>>['t'],
  changed: TFunction<'changed-files'>,
): string {
  switch (item.kind) {
    case 'torn':
      if (item.files === null) return t('torn', { count: item.times });
      return item.times === 1
        ? changedWords(item.files, changed)
        : t('tornAgain', { count: item.times, what: changedWords(item.files, changed) });
    case 'late':
      return item.why === ''
        ? t('lateBare')
        : t('late', { why: inSentence(item.why, item.repository === null ? [] : [item.repository.name]) });
    case 'notMade':
      return t('notMade', { count: item.runs, text: item.text });
    case 'fullSoon':
      return t('fullSoon', { count: item.days });
    case 'weaker':
      return t('weaker', { level: t(`levels:${item.mark.level ?? 'unknown'}.label`) });
    case 'failed':
    case 'missed':
      return t(item.kind, { text: item.text });
    case 'health':
    case 'trial':
      return t(item.kind, { why: item.why });
    case 'lowSpace':
      return t('lowSpace', { free: formatBytes(item.repository.freeBytes ?? 0) });
    case 'sameDisk':
      return t('sameDisk', { sources: item.repository.sameDiskSources.join(', ') });
    default:
      return t(item.kind);
  }
}
