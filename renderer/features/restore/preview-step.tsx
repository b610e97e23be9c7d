import { Loader } from '@mantine/core';
import { type Dispatch, type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RestorePlan } from '../../../shared/domain/restore.ts';
import { announce } from '../../ui/announce.ts';
import { formatList } from '../../ui/format/list.ts';
import { formatNumber } from '../../ui/format/numbers.ts';
import { Segmented } from '../../ui/segmented.tsx';
import { ChangeDetail } from './change-detail.tsx';
import { ChangeList, type ListedChanges } from './change-list.tsx';
import type { TreeRow } from './change-tree.ts';
import { PlanCards } from './plan-cards.tsx';
import type { PlanTally } from './plan-tally.ts';
import previewStyles from './preview.module.css';
import { RestoreError } from './restore-error.tsx';
import { WarningsBar } from './warnings-bar.tsx';
import wizardStyles from './wizard.module.css';
import type { WizardEvent, WizardState } from './wizard-state.ts';

/** What would happen, before anything does: counts, every change with a tick, then and now side by side, warnings. */
export function PreviewStep({
  state,
  dispatch,
  tally,
  listed,
  onListed,
}: {
  readonly state: WizardState;
  readonly dispatch: Dispatch<WizardEvent>;
  readonly tally: PlanTally | null;
  readonly listed: ListedChanges;
  readonly onListed: (listed: ListedChanges) => void;
}): ReactNode {
  const { t } = useTranslation('restore');
  const { plan, mode } = state;
  const [row, setRow] = useState<TreeRow | null>(null);

  useEffect(() => {
    if (plan !== null) announce(t('preview.ready'));
  }, [plan, t]);

  return (
    <div className={previewStyles.preview}>
      <div className={previewStyles.modeRow}>
        <Segmented
          label={t('mode.label')}
          value={mode}
          onChange={(value) => dispatch({ type: 'mode', mode: value })}
          options={[
            { value: 'keep', label: t('mode.keep') },
            { value: 'exact', label: t('mode.exact') },
          ]}
        />
        <span className={wizardStyles.quiet}>{plan === null ? '' : modeLine(t, plan, mode)}</span>
      </div>
      {state.planError !== null && (
        <RestoreError
          error={state.planError}
          onRetry={() => dispatch({ type: 'check-again' })}
          onOtherFolder={() => dispatch({ type: 'back' })}
        />
      )}
      {plan === null || tally === null ? (
        state.planError === null && (
          <div className={wizardStyles.waiting} role="status">
            <Loader size="sm" aria-hidden="true" /> {t('preview.working')}
          </div>
        )
      ) : (
        <>
          <p className={wizardStyles.quiet}>{t('preview.into', { path: formatList(plan.targets) })}</p>
          <PlanCards plan={plan} tally={tally} onShowDeletions={() => onListed('deletions')} />
          <div className={previewStyles.panes}>
            <ChangeList
              plan={plan}
              tally={tally}
              unticked={state.unticked}
              listed={listed}
              onListed={onListed}
              onRow={setRow}
              dispatch={dispatch}
            />
            <ChangeDetail planId={plan.planId} row={row} />
          </div>
          <WarningsBar warnings={plan.warnings} onCheckAgain={() => dispatch({ type: 'check-again' })} />
        </>
      )}
    </div>
  );
}

type Translate = ReturnType<typeof useTranslation<'restore'>>['t'];

function modeLine(t: Translate, plan: RestorePlan, mode: 'keep' | 'exact'): string {
  if (mode === 'exact') return t('mode.exactLine');
  const { keptNewer } = plan;
  return keptNewer === 0 ? t('mode.keepLine') : t('mode.newerStay', { count: keptNewer, n: formatNumber(keptNewer) });
}
