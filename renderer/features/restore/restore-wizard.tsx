import { Button } from '@mantine/core';
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from '../../state/store.ts';
import type { ViewOf } from '../../state/view.ts';
import { formatDay, formatTimeSeconds } from '../../ui/format/date-time.ts';
import { formatDuration } from '../../ui/format/duration.ts';
import { useNow } from '../../ui/use-now.ts';
import type { ListedChanges } from './change-list.tsx';
import { takeOpening } from './opening.ts';
import { tallyPlan } from './plan-tally.ts';
import { PreviewFooter } from './preview-footer.tsx';
import { PreviewStep } from './preview-step.tsx';
import { RestoreError } from './restore-error.tsx';
import { ResultPanel } from './result-panel.tsx';
import { RunPanel } from './run-panel.tsx';
import { StepRail } from './step-rail.tsx';
import { type PointFacts, usePointFacts } from './use-point-facts.ts';
import { useRun } from './use-run.ts';
import { useWizard } from './use-wizard.ts';
import { WhatStep } from './what-step.tsx';
import { WhereStep } from './where-step.tsx';
import wizardStyles from './wizard.module.css';
import { canGoBack, canGoOn } from './wizard-state.ts';

/** What, where, preview, run, result. Nothing at the target is touched before the last button of the preview. */
export function RestoreWizard({ view }: { readonly view: ViewOf<'restore-wizard'> }): ReactNode {
  const { t } = useTranslation('restore');
  const back = useStore((state) => state.back);
  const opening = useMemo(() => takeOpening(view.point, view.selection), [view.point, view.selection]);
  const { state, dispatch, start } = useWizard(opening);
  const facts = usePointFacts(state.point);
  const run = useRun(state.runId);
  const [listed, setListed] = useState<ListedChanges>('changes');
  const { plan, unticked, step } = state;
  const body = useRef<HTMLDivElement>(null);
  const seen = useRef(step);
  const tally = useMemo(() => (plan === null ? null : tallyPlan(plan, unticked)), [plan, unticked]);
  const ended = run !== null && run.finishedAt !== null;

  useEffect(() => {
    if (ended) dispatch({ type: 'finished' });
  }, [ended, dispatch]);
  // The button that led on is gone: the new step is what is read and tabbed through next.
  useEffect(() => {
    if (seen.current !== step) body.current?.focus({ preventScroll: true });
    seen.current = step;
  }, [step]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another plan is looked at from its beginning.
  useEffect(() => setListed('changes'), [state.mode]);

  return (
    <form
      className={wizardStyles.wizard}
      aria-label={t('title', { name: facts.name })}
      onSubmit={(event) => {
        event.preventDefault();
        dispatch({ type: 'next' });
      }}
    >
      <header className={wizardStyles.head}>
        <div>
          <h1>{t('title', { name: facts.name })}</h1>
          <WhichSnapshot facts={facts} />
        </div>
        {step !== 'result' && (
          <Button variant="default" onClick={back}>
            {t(step === 'run' ? 'hide' : 'cancel')}
          </Button>
        )}
      </header>
      <StepRail step={step} />
      <div className={wizardStyles.body} ref={body} tabIndex={-1}>
        {step === 'what' && <WhatStep state={state} dispatch={dispatch} facts={facts} />}
        {step === 'where' && <WhereStep state={state} dispatch={dispatch} facts={facts} />}
        {step === 'preview' && (
          <PreviewStep state={state} dispatch={dispatch} tally={tally} listed={listed} onListed={setListed} />
        )}
        {step === 'run' && <RunPanel run={run} />}
        {step === 'result' && run !== null && (
          <ResultPanel
            run={run}
            targetPath={plan?.targetPath ?? null}
            onClose={back}
            onTryAgain={() => dispatch({ type: 'once-more', from: 'preview', doubtSafety: false })}
            onOtherFolder={() => dispatch({ type: 'once-more', from: 'where', doubtSafety: false })}
            onWithoutSafety={() => dispatch({ type: 'once-more', from: 'preview', doubtSafety: true })}
          />
        )}
      </div>
      {state.startError !== null && (
        <RestoreError
          error={state.startError}
          onRetry={start}
          onOtherFolder={() => dispatch({ type: 'back' })}
          onWithoutSafety={() => dispatch({ type: 'safety', choice: 'refused' })}
        />
      )}
      {(step === 'what' || step === 'where' || step === 'preview') && (
        <footer className={wizardStyles.foot}>
          {canGoBack(state) && (
            <Button variant="default" onClick={() => dispatch({ type: 'back' })}>
              {t('back')}
            </Button>
          )}
          <span className={wizardStyles.grow} />
          {step === 'preview' ? (
            plan !== null &&
            tally !== null && (
              <PreviewFooter
                state={state}
                plan={plan}
                tally={tally}
                dispatch={dispatch}
                onStart={start}
                onLookAtDeletions={() => setListed('deletions')}
              />
            )
          ) : (
            <Button type="submit" variant="filled" disabled={!canGoOn(state)}>
              {t(step === 'what' ? 'next' : 'toPreview')}
            </Button>
          )}
        </footer>
      )}
    </form>
  );
}

/** `from today, 02:00:03 · held still for 11.8 ms` */
function WhichSnapshot({ facts }: { readonly facts: PointFacts }): ReactNode {
  const { t } = useTranslation(['restore', 'levels']);
  const now = useNow(60_000);
  if (facts.time === null) return <p className={wizardStyles.quiet}>&nbsp;</p>;
  const day = formatDay(facts.time, now);
  const level =
    facts.stallMs !== null && facts.level === 'filesystem'
      ? t('heldFor', { duration: formatDuration(facts.stallMs) })
      : t(`levels:${facts.level ?? 'unknown'}.label`);
  return <p className={wizardStyles.quiet}>{t('from', { day, time: formatTimeSeconds(facts.time), level })}</p>;
}
