import { Button } from '@mantine/core';
import { IconActivityHeartbeat } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { TrialTarget } from '../../../shared/domain/freeze-trial.ts';
import { instantToMs } from '../../../shared/domain/time.ts';
import { formatDay } from '../../ui/format/date-time.ts';
import { formatDuration } from '../../ui/format/duration.ts';
import { Notice } from '../../ui/notice.tsx';
import { useNow } from '../../ui/use-now.ts';
import { resultSaying, type TrialSaying, trialSaying } from './trial-words.ts';
import { type Trial, useTrial } from './use-trial.ts';

/**
 * The test of the filesystem that the system runs from, wherever a folder on it is added or shown: asked for once, and again
 * after a kernel change; later a line with a way back to it. Nothing where it does not concern the folder.
 */
export function TrialCard({
  target,
  name,
  onDone,
}: {
  readonly target: TrialTarget;
  /** What people call it; null: the folder that is being added. */
  readonly name: string | null;
  readonly onDone: () => void;
}): ReactNode {
  const { t } = useTranslation('add-source');
  const trial = useTrial(target, onDone);
  const { state, done, error } = trial;
  if (state === null || !state.concerns) return null;
  const saying = trialSaying(state);
  const shown = done === null || saying.kind === 'cannot' ? saying : resultSaying(done);
  return (
    <section aria-label={t('trial.label')}>
      <Notice
        tone={shown.kind === 'passed' ? 'ok' : shown.kind === 'failed' || shown.kind === 'cannot' ? 'warn' : 'info'}
        title={name === null ? t('trial.title') : t('trial.titleNamed', { name })}
        actions={<Actions trial={trial} saying={shown} />}
      >
        <span role="status">
          {trial.isCancelled && `${t('trial.cancelled')} `}
          <Words
            saying={shown}
            isNew={done !== null}
            isTesting={trial.working === 'test'}
            isCancelling={trial.isCancelling}
          />
          {error !== null && ` ${t('trial.error', { message: error.message, guidance: error.guidance })}`}
        </span>
      </Notice>
    </section>
  );
}

function Words({
  saying,
  isNew,
  isTesting,
  isCancelling,
}: {
  readonly saying: TrialSaying;
  readonly isNew: boolean;
  readonly isTesting: boolean;
  readonly isCancelling: boolean;
}): string {
  const { t } = useTranslation('add-source');
  const now = useNow(60_000);
  if (isTesting) return t(isCancelling ? 'trial.cancelling' : 'trial.running');
  switch (saying.kind) {
    case 'nothing':
      return '';
    case 'ask':
      return t('trial.ask', { stall: formatDuration(saying.mayStallMs) });
    case 'ask-again':
      return t('trial.again', {
        stall: formatDuration(saying.mayStallMs),
        before: saying.before,
        now: saying.now,
      });
    case 'passed':
      return isNew
        ? t('trial.passed', { stall: formatDuration(saying.longestMs) })
        : t('trial.passedBefore', {
            stall: formatDuration(saying.longestMs),
            when: formatDay(instantToMs(saying.at), now),
          });
    case 'failed':
      return `${t('trial.failed', { reason: saying.reason })} ${t('trial.failedThen')}`;
    case 'skipped':
      return t('trial.skipped');
    case 'cannot':
      return t('trial.cannot', { reason: saying.reasons.join(' ') });
  }
}

function Actions({ trial, saying }: { readonly trial: Trial; readonly saying: TrialSaying }): ReactNode {
  const { t } = useTranslation('add-source');
  const { working } = trial;
  if (saying.kind === 'cannot' || saying.kind === 'nothing') return null;
  const isAsked = saying.kind === 'ask' || saying.kind === 'ask-again';
  return (
    <>
      <Button
        size="compact-md"
        variant={isAsked ? 'filled' : 'default'}
        leftSection={<IconActivityHeartbeat size={16} aria-hidden="true" />}
        loading={working === 'test'}
        disabled={working !== null}
        onClick={trial.test}
      >
        {t(isAsked || saying.kind === 'skipped' ? 'trial.test' : 'trial.testAgain')}
      </Button>
      {working === 'test' && (
        <Button size="compact-md" variant="default" loading={trial.isCancelling} onClick={trial.cancel}>
          {t('trial.cancel')}
        </Button>
      )}
      {isAsked && working !== 'test' && (
        <Button size="compact-md" variant="default" disabled={working !== null} onClick={trial.skip}>
          {t('trial.skip')}
        </Button>
      )}
    </>
  );
}
