import { Button, Checkbox } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask } from '../../../state/ask.ts';
import { useStore } from '../../../state/store.ts';
import { ConfirmDialog } from '../../../ui/confirm-dialog.tsx';
import { ErrorPanel } from '../../../ui/error-panel.tsx';
import type { RepositoryFacts } from '../repository-state.ts';
import classes from './page.module.css';
import { lossCount, needsRepair, RepairReportView } from './repair-report.tsx';
import { RunProgress } from './run-progress.tsx';
import { RunResult } from './run-result.tsx';
import { useReport, useRun, useStarted } from './use-run.ts';

export type RepairWhat = 'index' | 'packs' | 'snapshots';

/** One thing that can be repaired: look, say what would be done and what is lost, ask once, do it, say what was done. */
export function RepairStep({
  repository: { id, name },
  what,
}: {
  readonly repository: RepositoryFacts;
  readonly what: RepairWhat;
}): ReactNode {
  const { t } = useTranslation('repository');
  const started = useStarted();
  const run = useRun(started.runId);
  const report = useReport(run);
  const [forget, setForget] = useState(false);
  const [asked, setAsked] = useState(false);
  // One repository is changed by one at a time: while anything runs in it, nothing else can be begun.
  const isBusy = useStore((state) =>
    (state.runs ?? []).some(({ repositoryId, finishedAt }) => repositoryId === id && finishedAt === null),
  );
  const repair = (dryRun: boolean): void =>
    started.start(() => ask('repositories.repair', { id, dryRun, wish: wishOf(what, forget) }));
  const isOver = run !== null && run.finishedAt !== null;
  const isDryRun = report !== null && report.kind !== 'copy' && report.dryRun;
  const mayRepair = isOver && isDryRun && needsRepair(report);
  return (
    <li className={classes.step}>
      <div className={classes.stepHead}>
        <h3>{t(`repair.step.${what}`)}</h3>
        <Button
          variant="default"
          size="compact-md"
          disabled={isBusy}
          aria-label={t('repair.lookNamed', { step: t(`repair.step.${what}`) })}
          onClick={() => repair(true)}
        >
          {t('repair.look')}
        </Button>
      </div>
      <p className={classes.quiet}>
        {t(`repair.stepLine.${what}`)} {what === 'packs' && t('repair.lookLong')}
      </p>
      {run !== null && !isOver && <RunProgress run={run} />}
      {started.error !== null && <ErrorPanel error={started.error} onRetry={() => repair(true)} />}
      {isOver && (report === null || !isDryRun || run.outcome === 'failed') && (
        <RunResult run={run} title={report === null ? undefined : t(`repair.doneTitle.${what}`)} />
      )}
      {isOver && report !== null && <RepairReportView report={report} />}
      {mayRepair && (
        <div className={classes.row}>
          {what === 'snapshots' && (
            <Checkbox
              label={t('repair.forget')}
              description={t('repair.forgetLine')}
              checked={forget}
              onChange={(event) => setForget(event.currentTarget.checked)}
            />
          )}
          <Button variant="default" disabled={isBusy} onClick={() => setAsked(true)}>
            {t(`repair.apply.${what}`)}
          </Button>
        </div>
      )}
      <ConfirmDialog
        opened={asked}
        danger
        title={t(`repair.sure.${what}`, { name })}
        confirmLabel={t(`repair.confirm.${what}`)}
        onConfirm={() => repair(false)}
        onClose={() => setAsked(false)}
      >
        <p>{t('repair.kept')}</p>
        <p>{lossCount(report) === 0 ? t('repair.lostNone') : t('repair.lost', { count: lossCount(report) })}</p>
      </ConfirmDialog>
    </li>
  );
}

function wishOf(what: RepairWhat, forget: boolean) {
  switch (what) {
    case 'index':
      return { what, readAll: false } as const;
    case 'packs':
      return { what } as const;
    case 'snapshots':
      return { what, parts: 'rename', forget } as const;
  }
}
