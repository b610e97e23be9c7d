import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type LineDirection, lineDirections } from '../../../../shared/domain/line-limits.ts';
import { asStillpointError, type StillpointError } from '../../../../shared/errors/index.ts';
import { ask } from '../../../state/ask.ts';
import { useStore } from '../../../state/store.ts';
import { ErrorPanel } from '../../../ui/error-panel.tsx';
import { formatRate } from '../../../ui/format/bytes.ts';
import { dateFormat, formatTime } from '../../../ui/format/date-time.ts';
import { useNow } from '../../../ui/use-now.ts';
import type { RepositoryFacts } from '../repository-state.ts';
import { draftOf, type LimitDraft, limitNow, readDrafts } from './limit-plan.ts';
import { LimitRule } from './limit-rule.tsx';
import { LimitWeek } from './limit-week.tsx';
import styles from './limits.module.css';
import classes from './page.module.css';

const mostLimits = 20;

/** How fast content may move to and from a server, by the time of day: what holds now in words, the week, the rules. */
export function LimitsSection({ repository }: { readonly repository: RepositoryFacts }): ReactNode {
  const { t } = useTranslation('repository');
  const refresh = useStore((state) => state.refreshRepositories);
  const saved = repository.limits ?? [];
  const [drafts, setDrafts] = useState<readonly LimitDraft[] | null>(null);
  const [state, setState] = useState<{ working: boolean; done: boolean; error: StillpointError | null }>({
    ...{ working: false, done: false, error: null },
  });
  const shown = drafts ?? saved.map(draftOf);
  const { limits, errors } = readDrafts(shown);
  const change = (next: readonly LimitDraft[]): void => {
    setDrafts(next);
    setState({ working: false, done: false, error: null });
  };
  const save = (): void => {
    if (limits === null) return;
    setState({ working: true, done: false, error: null });
    ask('repositories.setLimits', { id: repository.id, limits })
      .then(async () => {
        await refresh();
        setDrafts(null);
        setState({ working: false, done: true, error: null });
      })
      .catch((thrown: unknown) => setState({ working: false, done: false, error: asStillpointError(thrown) }));
  };
  return (
    <section className={classes.section} aria-labelledby="limits-title">
      <h2 id="limits-title">{t('limits.title')}</h2>
      <p className={classes.quiet}>{t('limits.line')}</p>
      <p className={styles.now}>
        <strong>{t('limits.now')}</strong>{' '}
        {t('limits.nowLine', { up: useNowWords(saved, 'upload'), down: useNowWords(saved, 'download') })}
      </p>
      {shown.map((draft, at) => (
        <LimitRule
          // biome-ignore lint/suspicious/noArrayIndexKey: a limit being edited has no other name.
          key={at}
          n={at + 1}
          draft={draft}
          errors={errors[at] ?? {}}
          onChange={(next) => change(shown.map((other, index) => (index === at ? next : other)))}
          onRemove={() => change(shown.filter((_, index) => index !== at))}
        />
      ))}
      {limits !== null &&
        lineDirections
          .filter((direction) => limits.some((limit) => limit.direction === direction && limit.window !== undefined))
          .map((direction) => <LimitWeek key={direction} limits={limits} direction={direction} />)}
      {shown.length > 1 && <p className={classes.quiet}>{t('limits.lowest')}</p>}
      {state.error !== null && <ErrorPanel error={state.error} onRetry={save} />}
      <div className={classes.row}>
        <Button
          variant="default"
          leftSection={<IconPlus size={15} aria-hidden="true" />}
          disabled={shown.length >= mostLimits}
          onClick={() => change([...shown, { direction: 'upload', amount: 2, unit: 'MiB', window: null }])}
        >
          {t('limits.add')}
        </Button>
        {drafts !== null && (
          <>
            <Button variant="filled" loading={state.working} disabled={limits === null} onClick={save}>
              {t('limits.save')}
            </Button>
            <Button variant="subtle" onClick={() => setDrafts(null)}>
              {t('limits.revert')}
            </Button>
          </>
        )}
        {state.done && drafts === null && (
          <span className={styles.done} role="status">
            {t('limits.saved')}
          </span>
        )}
      </div>
    </section>
  );
}

function useNowWords(limits: NonNullable<RepositoryFacts['limits']>, direction: LineDirection): string {
  const { t } = useTranslation('repository');
  const now = useNow(30_000);
  const { rate, until } = limitNow(limits, direction, now, Intl.DateTimeFormat().resolvedOptions().timeZone);
  const kind = `${rate === null ? 'free' : 'limited'}${until === null ? '' : 'Until'}` as const;
  const words = direction === 'upload' ? ('up' as const) : ('down' as const);
  return t(`limits.${words}.${kind}`, {
    rate: formatRate(rate ?? 0),
    time: until === null ? '' : timeWords(until, now),
  });
}

/** `18:30` today, `Mon 08:00` on another day. */
function timeWords(at: number, now: number): string {
  const isToday = new Date(at).toDateString() === new Date(now).toDateString();
  return isToday ? formatTime(at) : `${dateFormat({ weekday: 'short' }).format(at)} ${formatTime(at)}`;
}
