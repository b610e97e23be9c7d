import { Button } from '@mantine/core';
import { type ReactNode, useCallback, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { defaultLongestStallMs } from '../../../shared/domain/policy.ts';
import type { Preflight } from '../../../shared/domain/preflight.ts';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { Doors } from './doors.tsx';
import { EverydayLine } from './everyday-line.tsx';
import { FirstBackup } from './first-backup.tsx';
import classes from './first-run.module.css';
import { canGoOn, type FirstRunState, stepsOf } from './first-run-state.ts';
import { type FirstPlace, useFirstRunParts } from './parts.ts';
import { useFirstRun } from './use-first-run.ts';

/** From nothing to a running first backup in four questions, or to old snapshots in two. */
export function FirstRunView(): ReactNode {
  const { t } = useTranslation('first-run');
  const { SourceChooser, PlaceChooser, PasswordForm } = useFirstRunParts();
  const firstRun = useFirstRun({ repository: t('repositoryName'), home: t('homeName'), system: t('systemName') });
  const { state, dispatch, begin, leave } = firstRun;
  const heading = useRef<HTMLHeadingElement>(null);
  const { step, door } = state;
  const onPreflight = useCallback(
    (preflight: Preflight | null) => dispatch({ type: 'preflight', preflight }),
    [dispatch],
  );
  const onPlace = useCallback((place: FirstPlace | null) => dispatch({ type: 'place', place }), [dispatch]);
  const wrong = state.error?.kind === 'wrong-password' ? state.error : null;

  // A new question is a new page for whoever cannot see it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the step is what changes the heading.
  useEffect(() => heading.current?.focus(), [step]);

  if (step === 'doors')
    return <Doors onChoose={(chosen) => dispatch({ type: 'door', door: chosen })} onLater={leave} />;
  return (
    <form
      className={classes.flow}
      onSubmit={(event) => {
        event.preventDefault();
        if (!canGoOn(state)) return;
        if (step === 'password') begin();
        else dispatch({ type: 'next' });
      }}
    >
      <header>
        {step !== 'sheet' && <p className={classes.quiet}>{progressWords(t, state)}</p>}
        <h1 ref={heading} tabIndex={-1}>
          {t(`${door}.${step}.title`)}
        </h1>
        <p className={classes.lead}>{t(`${door}.${step}.lead`)}</p>
      </header>
      <div className={classes.panel}>
        {step === 'what' && (
          <>
            <SourceChooser
              draft={state.source}
              longestStallMs={defaultLongestStallMs}
              foldExcludes
              onChange={(source) => dispatch({ type: 'source', source })}
              onPreflight={onPreflight}
            />
            <EverydayLine />
          </>
        )}
        {step === 'where' && (
          <PlaceChooser
            wish={state.wish}
            mayCreate={door === 'protect'}
            sourceMountPoint={door === 'protect' ? (state.preflight?.mountPoint ?? null) : null}
            onWish={(wish) => dispatch({ type: 'wish', wish })}
            onChange={onPlace}
          />
        )}
        {step === 'password' && (
          <>
            <PasswordForm
              existing={state.wish === 'adopt'}
              error={wrong === null ? undefined : `${wrong.message} ${wrong.guidance}`}
              onChange={(password) => dispatch({ type: 'password', password })}
            />
            {state.wish === 'create' && <p className={classes.caution}>{t('password.nobody')}</p>}
          </>
        )}
        {step === 'sheet' && state.repositoryId !== null && (
          <FirstBackup repositoryId={state.repositoryId} runId={state.runId} onDone={leave} />
        )}
      </div>
      {state.error !== null && wrong === null && <ErrorPanel error={state.error} onRetry={begin} />}
      {step !== 'sheet' && (
        <footer className={classes.foot}>
          {state.repositoryId === null && (
            <Button variant="default" onClick={() => dispatch({ type: 'back' })} disabled={state.working}>
              {t('back')}
            </Button>
          )}
          <span className={classes.grow} />
          <Button type="submit" variant="filled" disabled={!canGoOn(state)} loading={state.working}>
            {t(step === 'password' ? `${door}.begin` : 'next')}
          </Button>
        </footer>
      )}
    </form>
  );
}

function progressWords(t: ReturnType<typeof useTranslation<'first-run'>>['t'], state: FirstRunState): string {
  const steps: readonly string[] = stepsOf(state.door).filter((step) => step !== 'sheet');
  return t('progress', { step: steps.indexOf(state.step) + 1, of: steps.length });
}
