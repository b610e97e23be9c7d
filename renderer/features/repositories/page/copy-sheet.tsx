import { Button, Checkbox, Select } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask } from '../../../state/ask.ts';
import { useStore } from '../../../state/store.ts';
import { ErrorPanel } from '../../../ui/error-panel.tsx';
import { formatBytes } from '../../../ui/format/bytes.ts';
import { formatNumber } from '../../../ui/format/numbers.ts';
import { Segmented } from '../../../ui/segmented.tsx';
import type { RepositoryFacts } from '../repository-state.ts';
import { type CopyWhich, chosenIds, copyGroups } from './copy-choice.ts';
import classes from './page.module.css';
import { RunProgress } from './run-progress.tsx';
import { RunResult } from './run-result.tsx';
import { type Run, useReport, useRun, useStarted } from './use-run.ts';

/** The most one command takes; more than that is all of them, or several copies. */
const mostNamed = 10_000;

/** Copies snapshots into another repository: where to, which, and then how it goes. */
export function CopySheet({
  repository,
  onClose,
}: {
  readonly repository: RepositoryFacts;
  readonly onClose: () => void;
}): ReactNode {
  const { t } = useTranslation('repository');
  const { open, repositories, lanes } = useStore();
  const [target, setTarget] = useState<string | null>(null);
  const [which, setWhich] = useState<CopyWhich>('all');
  const [keys, setKeys] = useState<readonly string[]>([]);
  const started = useStarted();
  const run = useRun(started.runId);
  const others = (repositories ?? []).filter(({ id }) => id !== repository.id);
  const to = others.find(({ id, state }) => id === (target ?? firstReady(others)) && state === 'ready');
  const groups = copyGroups(lanes ?? [], repository.id);
  const ids = chosenIds(groups, which, keys);
  if (others.length === 0) {
    return (
      <div className={classes.sheet}>
        <p>{t('copy.line')}</p>
        <p>{t('copy.none')}</p>
        <div className={classes.foot}>
          <Button variant="filled" onClick={() => open({ name: 'repositories' })}>
            {t('copy.make')}
          </Button>
        </div>
      </div>
    );
  }
  if (run !== null) return <Copying run={run} onAgain={started.reset} onClose={onClose} />;
  const copy = (): void => {
    if (to === undefined) return;
    started.start(() =>
      // All is said as all: what came meanwhile is copied as well.
      ask('repositories.copy', { id: to.id, fromId: repository.id, snapshotIds: which === 'all' ? [] : ids }),
    );
  };
  return (
    <div className={classes.sheet}>
      <p>{t('copy.line')}</p>
      <Select
        label={t('copy.target')}
        allowDeselect={false}
        value={to?.id ?? null}
        onChange={setTarget}
        data={others.map(({ id, name, state }) => ({
          value: id,
          label: state === 'ready' ? name : t('copy.notReady', { name }),
          disabled: state !== 'ready',
        }))}
      />
      <div className={classes.choice}>
        <span className={classes.fieldName}>{t('copy.which')}</span>
        <Segmented
          label={t('copy.which')}
          value={which}
          onChange={setWhich}
          options={(['all', 'newest', 'sources'] as const).map((value) => ({
            value,
            label: t(`copy.choice.${value}`),
          }))}
        />
      </div>
      {which === 'sources' && (
        <div className={classes.checks}>
          {groups.map(({ key, name, ids: own }) => (
            <Checkbox
              key={key}
              label={name}
              description={t('copy.count', { count: own.length })}
              checked={keys.includes(key)}
              onChange={(event) =>
                setKeys(event.currentTarget.checked ? [...keys, key] : keys.filter((other) => other !== key))
              }
            />
          ))}
        </div>
      )}
      {started.error !== null && <ErrorPanel error={started.error} onRetry={copy} />}
      <div className={classes.foot}>
        <Button
          variant="filled"
          disabled={to === undefined || ids.length === 0 || (which !== 'all' && ids.length > mostNamed)}
          onClick={copy}
        >
          {which === 'all'
            ? t('copy.startAll')
            : ids.length === 0
              ? t('copy.choose')
              : t('copy.start', { count: ids.length })}
        </Button>
      </div>
    </div>
  );
}

function firstReady(others: readonly RepositoryFacts[]): string | undefined {
  return others.find(({ state }) => state === 'ready')?.id;
}

function Copying({
  run,
  onAgain,
  onClose,
}: {
  readonly run: Run;
  readonly onAgain: () => void;
  readonly onClose: () => void;
}): ReactNode {
  const { t } = useTranslation('repository');
  const found = useReport(run);
  const report = found?.kind === 'copy' ? found.report : null;
  if (run.finishedAt === null) {
    return (
      <div className={classes.sheet}>
        <RunProgress run={run} />
        <p className={classes.quiet}>{t('copy.goesOn')}</p>
      </div>
    );
  }
  return (
    <div className={classes.sheet}>
      <RunResult run={run}>
        {report !== null &&
          t('copy.done', {
            copied: formatNumber(report.copiedTotal),
            known: formatNumber(report.known),
            bytes: formatBytes(report.bytesStored),
          })}
      </RunResult>
      {report !== null && report.failedTotal > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached without a mouse.
        <section className={classes.findings} aria-label={t('copy.failed', { count: report.failedTotal })} tabIndex={0}>
          <p>{t('copy.failed', { count: report.failedTotal })}</p>
          <ul>
            {report.failed.slice(0, 50).map(({ from, why }) => (
              <li key={from}>
                <code>{from.slice(0, 8)}</code> {why}
              </li>
            ))}
          </ul>
        </section>
      )}
      <div className={classes.foot}>
        <Button variant="default" onClick={onAgain}>
          {t('copy.another')}
        </Button>
        <Button variant="filled" onClick={onClose}>
          {t('copy.close')}
        </Button>
      </div>
    </div>
  );
}
