import { Button } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { type ReactNode, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RunId } from '../../../shared/domain/ids.ts';
import { instantToMs } from '../../../shared/domain/time.ts';
import { asStillpointError, type StillpointError } from '../../../shared/errors/index.ts';
import type { RunView } from '../../../shared/ipc/runs.ts';
import { ask } from '../../state/ask.ts';
import { useStore } from '../../state/store.ts';
import type { ViewOf } from '../../state/view.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { formatDay, formatTime } from '../../ui/format/date-time.ts';
import { formatDuration } from '../../ui/format/duration.ts';
import { useNow } from '../../ui/use-now.ts';
import classes from './activity.module.css';
import { OutcomeIcon } from './outcome-icon.tsx';
import { RunDetails } from './run-details.tsx';

const pageSize = 200;

/** Everything that ran, newest first, and the log of one of them. */
export function ActivityView({ view }: { readonly view: ViewOf<'activity'> }): ReactNode {
  const { t } = useTranslation('activity');
  const recent = useStore((state) => state.runs) ?? [];
  const open = useStore((state) => state.open);
  const [older, setOlder] = useState<readonly RunView[]>([]);
  const [error, setError] = useState<StillpointError | null>(null);
  const [wanted, setWanted] = useState<RunView | null>(null);
  const runs = useMemo(() => {
    const known = new Set(recent.map(({ runId }) => runId));
    return [...recent, ...older.filter(({ runId }) => !known.has(runId))];
  }, [recent, older]);
  const wantedId = view.runId ?? runs[0]?.runId ?? null;
  const chosen = runs.find(({ runId }) => runId === wantedId) ?? (wanted?.runId === wantedId ? wanted : null);

  // A run may be older than the list: it is asked for by itself.
  const missing = view.runId !== null && chosen === null ? view.runId : null;
  useEffect(() => {
    if (missing === null) return;
    ask('runs.get', { runId: missing }).then(setWanted, (thrown: unknown) => setError(asStillpointError(thrown)));
  }, [missing]);

  const loadOlder = (): void => {
    const last = runs.at(-1);
    if (last === undefined) return;
    ask('runs.list', { limit: pageSize, before: last.startedAt }).then(
      (more) => setOlder((before) => [...before, ...more]),
      (thrown: unknown) => setError(asStillpointError(thrown)),
    );
  };

  if (runs.length === 0 && error === null) {
    return (
      <EmptyState icon={<IconHistory size={40} stroke={1.3} aria-hidden="true" />} title={t('none')}>
        {t('noneHint')}
      </EmptyState>
    );
  }
  return (
    <div className={classes.view}>
      <h1 className={classes.title}>{t('title')}</h1>
      {error !== null && <ErrorPanel error={error} onRetry={() => setError(null)} />}
      <div className={classes.columns}>
        <nav className={classes.list} aria-label={t('list')}>
          {byDay(runs).map(([day, those]) => (
            <section key={day}>
              <DayTitle day={day} />
              <ul>
                {those.map((run) => (
                  <RunRow
                    key={run.runId}
                    run={run}
                    chosen={run.runId === wantedId}
                    onChoose={(runId) => open({ name: 'activity', runId })}
                  />
                ))}
              </ul>
            </section>
          ))}
          {recent.length >= pageSize && (
            <Button variant="subtle" fullWidth onClick={loadOlder}>
              {t('more')}
            </Button>
          )}
        </nav>
        <div className={classes.chosen}>
          {chosen === null ? (
            <p className={classes.hint}>{t(missing === null ? 'choose' : 'gone')}</p>
          ) : (
            <RunDetails run={chosen} />
          )}
        </div>
      </div>
    </div>
  );
}

function RunRow({
  run,
  chosen,
  onChoose,
}: {
  readonly run: RunView;
  readonly chosen: boolean;
  readonly onChoose: (runId: RunId) => void;
}): ReactNode {
  const { t } = useTranslation('activity');
  const started = instantToMs(run.startedAt);
  const took = run.finishedAt === null ? null : instantToMs(run.finishedAt) - started;
  const outcome = run.outcome ?? 'running';
  return (
    <li>
      <button
        type="button"
        className={classes.row}
        aria-current={chosen ? 'true' : undefined}
        onClick={() => onChoose(run.runId)}
      >
        <OutcomeIcon run={run} />
        <span className={classes.rowTime}>{formatTime(started)}</span>
        <span className={classes.rowTitle}>{run.title}</span>
        <span className={classes.rowTook}>
          {outcome === 'done' && took !== null ? formatDuration(took) : t(`outcome.${outcome}`)}
        </span>
      </button>
    </li>
  );
}

function DayTitle({ day }: { readonly day: string }): ReactNode {
  const now = useNow(60_000);
  return <h2 className={classes.day}>{formatDay(Number(day), now)}</h2>;
}

/** Runs by the local day they started on; the key is that day's midnight. */
function byDay(runs: readonly RunView[]): [string, RunView[]][] {
  const days = new Map<string, RunView[]>();
  for (const run of runs) {
    const day = `${new Date(instantToMs(run.startedAt)).setHours(0, 0, 0, 0)}`;
    const those = days.get(day);
    if (those === undefined) days.set(day, [run]);
    else those.push(run);
  }
  return [...days];
}
