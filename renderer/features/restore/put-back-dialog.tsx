import { Button, Loader, Modal } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { RestorePlan } from '../../../shared/domain/restore.ts';
import type { PutBackWish } from '../../state/put-back.ts';
import { useStore } from '../../state/store.ts';
import { formatBytes } from '../../ui/format/bytes.ts';
import { formatList } from '../../ui/format/list.ts';
import { formatNumber } from '../../ui/format/numbers.ts';
import { Notice } from '../../ui/notice.tsx';
import { useFocusHere } from '../../ui/use-focus-here.ts';
import { headline } from './headline.ts';
import { handOver, planOpening } from './opening.ts';
import { mayGoAhead, type PutBackState } from './put-back-state.ts';
import { RestoreError } from './restore-error.tsx';
import { ResultPanel } from './result-panel.tsx';
import runStyles from './run.module.css';
import { RunPanel } from './run-panel.tsx';
import { useRun } from './use-run.ts';
import { inOrder } from './warning-order.ts';
import wizardStyles from './wizard.module.css';

/** What *Put back* is doing, asks, or did. Closing it never stops a restore: that is what Cancel is for. */
export function PutBackDialog({
  state,
  onGoAhead,
  onAgain,
  onClose,
}: {
  readonly state: PutBackState;
  readonly onGoAhead: () => void;
  readonly onAgain: (wish: PutBackWish) => void;
  readonly onClose: () => void;
}): ReactNode {
  const { t } = useTranslation(['restore', 'ui']);
  const open = useStore((store) => store.open);
  const run = useRun(state.kind === 'running' ? state.runId : null);
  const elsewhere = (wish: PutBackWish): void => {
    handOver({ point: wish.point, selection: wish.selection, target: { kind: 'folder', path: '' } });
    open({ name: 'restore-wizard', point: wish.point, selection: wish.selection });
    onClose();
  };
  /** In the wizard, where the safety snapshot can be refused with two clicks. */
  const atOriginal = (wish: PutBackWish): void => {
    handOver({ point: wish.point, selection: wish.selection, target: { kind: 'original' } });
    open({ name: 'restore-wizard', point: wish.point, selection: wish.selection });
    onClose();
  };
  const look = (plan: RestorePlan): void => {
    handOver(planOpening(plan));
    open({ name: 'restore-wizard', point: plan.request.point, selection: plan.request.selection });
    onClose();
  };

  return (
    <Modal
      opened={state.kind !== 'idle'}
      onClose={onClose}
      title={t('putBack.title', { name: state.kind === 'idle' ? '' : state.wish.name })}
      size="lg"
      centered
      closeOnClickOutside={state.kind !== 'asking'}
      closeButtonProps={{ 'aria-label': t('ui:close') }}
      styles={{ title: { fontWeight: 600, fontSize: 16 } }}
    >
      {state.kind === 'looking' && (
        <div className={wizardStyles.waiting} role="status">
          <Loader size="sm" aria-hidden="true" /> {t('putBack.looking')}
        </div>
      )}
      {state.kind === 'nothing-to-do' && (
        <div className={runStyles.result}>
          <div className={wizardStyles.waiting} role="status">
            <IconCircleCheck size={20} color="var(--sp-ok)" aria-hidden="true" /> {t('putBack.nothing')}
          </div>
          <div className={runStyles.resultActions}>
            <Button variant="filled" onClick={onClose} data-autofocus>
              {t('result.close')}
            </Button>
          </div>
        </div>
      )}
      {state.kind === 'asking' && (
        <Question
          plan={state.plan}
          starting={state.starting}
          error={state.error}
          onGoAhead={onGoAhead}
          onLook={() => look(state.plan)}
          onElsewhere={() => elsewhere(state.wish)}
          onAgain={() => onAgain(state.wish)}
          onClose={onClose}
        />
      )}
      {state.kind === 'running' &&
        (run !== null && run.finishedAt !== null ? (
          <ResultPanel
            run={run}
            targetPath={null}
            onClose={onClose}
            onTryAgain={() => onAgain(state.wish)}
            onOtherFolder={() => elsewhere(state.wish)}
            onWithoutSafety={() => atOriginal(state.wish)}
          />
        ) : (
          <RunPanel run={run} />
        ))}
      {state.kind === 'failed' && (
        <RestoreError
          error={state.error}
          onRetry={() => onAgain(state.wish)}
          onOtherFolder={() => elsewhere(state.wish)}
        />
      )}
    </Modal>
  );
}

function Question({
  plan,
  starting,
  error,
  onGoAhead,
  onLook,
  onElsewhere,
  onAgain,
  onClose,
}: {
  readonly plan: RestorePlan;
  readonly starting: boolean;
  readonly error: Extract<PutBackState, { kind: 'asking' }>['error'];
  readonly onGoAhead: () => void;
  readonly onLook: () => void;
  readonly onElsewhere: () => void;
  readonly onAgain: () => void;
  readonly onClose: () => void;
}): ReactNode {
  const { t } = useTranslation('restore');
  const fits = mayGoAhead(plan);
  const here = useFocusHere<HTMLDivElement>();
  return (
    <div className={runStyles.result} ref={here} tabIndex={-1}>
      <p className={wizardStyles.plain}>{t('putBack.asks')}</p>
      {inOrder(plan.warnings).map((warning) => (
        <Notice
          key={`${warning.code} ${warning.text}`}
          tone={warning.asks ? 'warn' : 'info'}
          title={headline(warning.text).head}
        >
          {headline(warning.text).rest}
        </Notice>
      ))}
      <p className={wizardStyles.quiet}>{t('preview.into', { path: formatList(plan.targets) })}</p>
      <p className={wizardStyles.quiet}>
        {t('putBack.would', {
          replace: formatNumber(plan.counts.replace),
          add: formatNumber(plan.counts.add),
          bytes: formatBytes(plan.bytesToWrite),
        })}
      </p>
      {error !== null && <RestoreError error={error} onRetry={onAgain} onOtherFolder={onElsewhere} />}
      <div className={runStyles.resultActions}>
        <Button variant="filled" onClick={fits ? onLook : onElsewhere}>
          {t(fits ? 'putBack.look' : 'putBack.elsewhere')}
        </Button>
        {fits && (
          <Button variant="default" onClick={onGoAhead} loading={starting}>
            {t('putBack.anyway')}
          </Button>
        )}
        <Button variant="default" onClick={onAgain}>
          {t('warnings.checkAgain')}
        </Button>
        <Button variant="subtle" onClick={onClose}>
          {t('cancel')}
        </Button>
      </div>
      {fits && <p className={wizardStyles.quiet}>{t('putBack.safe')}</p>}
    </div>
  );
}
