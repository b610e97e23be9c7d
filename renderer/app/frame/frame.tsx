import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from '../../state/store.ts';
import { liveRegionId } from '../../ui/announce.ts';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { ErrorBoundary } from '../error-boundary.tsx';
import { MainView } from '../main-view.tsx';
import { viewFor } from '../views.ts';
import classes from './frame.module.css';

export function Frame(): ReactNode {
  const { t } = useTranslation('app');
  const view = useStore((state) => state.view);
  const open = useStore((state) => state.open);
  const shown = viewFor(view.name);
  const Shown = shown?.component;
  return (
    <div className={classes.frame}>
      <main className={classes.middle}>
        <ErrorBoundary
          resetKey={view.name}
          fallback={(error, reset) => (
            <ErrorPanel
              error={{ message: t('viewFailed'), guidance: t('viewFailedGuidance'), retryable: false, cause: error }}
              actions={
                <>
                  <Button onClick={reset}>{t('tryAgain')}</Button>
                  <Button onClick={() => open({ name: 'main' })}>{t('toTimeline')}</Button>
                </>
              }
            />
          )}
        >
          {Shown === undefined ? <MainView /> : <Shown view={view} />}
        </ErrorBoundary>
      </main>
      <div id={liveRegionId} className="sp-visually-hidden" aria-live="polite" role="status" />
    </div>
  );
}
