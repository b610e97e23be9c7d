import { Button } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconCircleX, IconShieldQuestion } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask } from '../../../state/ask.ts';
import { ErrorPanel } from '../../../ui/error-panel.tsx';
import { formatDate, formatDateTime } from '../../../ui/format/date-time.ts';
import { formatNumber, formatPercent } from '../../../ui/format/numbers.ts';
import { Notice } from '../../../ui/notice.tsx';
import { Segmented } from '../../../ui/segmented.tsx';
import { RelativeTime } from '../../../ui/values.tsx';
import type { RepositoryFacts } from '../repository-state.ts';
import { CheckPlan } from './check-plan.tsx';
import { checkedWords, soundnessOf } from './check-words.ts';
import classes from './page.module.css';
import { RunProgress } from './run-progress.tsx';
import { RunResult } from './run-result.tsx';
import { type Run, useRun, useStarted, useUnderWay } from './use-run.ts';

const icons = {
  damaged: IconCircleX,
  warned: IconAlertTriangle,
  sound: IconCircleCheck,
  never: IconShieldQuestion,
  notDone: IconAlertTriangle,
} as const;
const tones = { damaged: 'bad', warned: 'warn', sound: 'ok', never: 'wait', notDone: 'warn' } as const;
type Scope = 'structure' | 'share' | 'all';
const listed = 100;

/** Whether what is stored can be read back: what is known of it, how to find out more, and what to do about damage. */
export function CheckSection({
  repository,
  onRepair,
}: {
  readonly repository: RepositoryFacts;
  readonly onRepair: () => void;
}): ReactNode {
  const { t } = useTranslation('repository');
  const { care, id } = repository;
  const { start, runId, error } = useStarted();
  const [scope, setScope] = useState<Scope>('structure');
  const underWay = useUnderWay(repository, 'check');
  const own = useRun(runId);
  const damaging = useRun(care.damage?.runId ?? null);
  const of = care.plan !== null && care.plan.of > 1 ? care.plan.of : 10;
  const begin = (): void =>
    start(() =>
      ask('repositories.check', {
        id,
        readData: scope !== 'structure',
        ...(scope === 'share' ? { share: { part: 'next' as const, of } } : {}),
      }),
    );
  const shown = own !== null && own.finishedAt !== null ? own : null;
  return (
    <section className={classes.section} aria-labelledby="check-title">
      <h2 id="check-title">{t('check.title')}</h2>
      <Standing repository={repository} />
      {underWay !== undefined && <RunProgress run={underWay} />}
      {underWay === undefined && shown !== null && (
        <RunResult run={shown}>
          <Findings run={shown} />
        </RunResult>
      )}
      {underWay === undefined && care.damage !== null && (
        <Notice
          tone="bad"
          title={t('check.damagedSince', { date: formatDateTime(care.damage.at) })}
          actions={
            repository.state === 'ready' && (
              <Button variant="default" size="compact-md" onClick={onRepair}>
                {t('check.repair')}
              </Button>
            )
          }
        >
          {shown?.runId !== care.damage.runId && damaging !== null && <Findings run={damaging} />}
          <p className={classes.next}>
            <strong>{t('check.whatNow')}</strong> {t('check.whatNowLine')}
          </p>
        </Notice>
      )}
      {error !== null && <ErrorPanel error={error} onRetry={begin} />}
      <div className={classes.row}>
        <Segmented
          label={t('check.what')}
          value={scope}
          onChange={setScope}
          options={(['structure', 'share', 'all'] as const).map((value) => ({
            value,
            label: t(`check.scope.${value}`),
          }))}
        />
        <Button variant="default" disabled={underWay !== undefined} onClick={begin}>
          {t('check.start')}
        </Button>
      </div>
      <p className={classes.quiet}>
        {t(`check.scopeLine.${scope}`, { part: t(`check.parts.${of as 10}`, { defaultValue: '' }) })}
      </p>
      <CheckPlan repository={repository} />
    </section>
  );
}

function Standing({ repository: { care } }: { readonly repository: RepositoryFacts }): ReactNode {
  const { t } = useTranslation('repository');
  const { lastCheck, verified, nextCheckAt, heldBack } = care;
  const standing = soundnessOf(care);
  const Icon = icons[standing];
  return (
    <>
      <p className={classes.standing} data-tone={tones[standing]}>
        <Icon size={20} aria-hidden="true" /> {t(`check.${standing}`)}
      </p>
      <dl className={classes.facts}>
        <div>
          <dt>{t('check.last')}</dt>
          <dd>
            {lastCheck === null ? (
              t('check.neverLine')
            ) : (
              <>
                <RelativeTime ms={lastCheck.at} />: {checkedWords(lastCheck, t)}
                {lastCheck.planned && ` (${t('check.planned')})`}
              </>
            )}
          </dd>
        </div>
        <div>
          <dt>{t('check.verified')}</dt>
          <dd>
            {verified === null || verified.share === 0 ? (
              t(verified === null ? 'check.verifiedNone' : 'check.verifiedZero')
            ) : (
              <span className={classes.verified}>
                <span
                  className={classes.meter}
                  role="img"
                  aria-label={t('check.verifiedLabel', {
                    share: formatPercent(verified.share),
                    date: formatDate(verified.since),
                  })}
                >
                  <i style={{ width: `${verified.share * 100}%` }} />
                </span>
                {t('check.verifiedLine', { share: formatPercent(verified.share), date: formatDate(verified.since) })}
              </span>
            )}
          </dd>
        </div>
        <div>
          <dt>{t('check.next')}</dt>
          <dd>
            {nextCheckAt === null
              ? t('check.nextNone')
              : heldBack !== null
                ? t(`check.held.${heldBack}`)
                : t('check.nextAt', { date: formatDateTime(Math.max(nextCheckAt, Date.now())) })}
          </dd>
        </div>
      </dl>
    </>
  );
}

/** In the words of whoever found it, with the place in which snapshot where that is known. */
export function Findings({ run }: { readonly run: Run }): ReactNode {
  const { t } = useTranslation('repository');
  if (run.warnings.length === 0) return null;
  const rest = run.warningsTotal - Math.min(listed, run.warnings.length);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached without a mouse.
    <section className={classes.findings} aria-label={t('check.findings')} tabIndex={0}>
      <ul>
        {run.warnings.slice(0, listed).map((finding) => (
          <li key={`${finding.code} ${finding.path ?? ''} ${finding.text}`}>
            {finding.text} {finding.path !== undefined && <code>{finding.path}</code>}
          </li>
        ))}
      </ul>
      {rest > 0 && <p>{t('check.rest', { n: formatNumber(rest) })}</p>}
    </section>
  );
}
