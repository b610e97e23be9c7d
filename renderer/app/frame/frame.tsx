import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { SourceRail } from '../../features/source-rail/source-rail.tsx';
import { useStore } from '../../state/store.ts';
import { liveRegionId } from '../../ui/announce.ts';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { ErrorBoundary } from '../error-boundary.tsx';
import { MainView } from '../main-view.tsx';
import { useBackUp } from '../use-back-up.ts';
import { viewFor } from '../views.ts';
import { DetailsArea } from './details-area.tsx';
import classes from './frame.module.css';
import { Header } from './header.tsx';
import { Navigation } from './navigation.tsx';
import { UnlockDialog } from './unlock-dialog.tsx';
import { useWidth } from './use-width.ts';

/** The window: header, rail, the view, details. */
export function Frame(): ReactNode {
  const { t } = useTranslation('app');
  const view = useStore((state) => state.view);
  const width = useWidth();
  const backUp = useBackUp();
  const shown = viewFor(view.name);
  const bare = view.name === 'first-run';
  return (
    <div className={classes.frame} data-width={width} data-bare={bare} data-wide={shown?.wide ?? false}>
      <a className={classes.skip} href="#view">
        {t('skip')}
      </a>
      {!bare && <Header onBackUp={backUp} narrow={width === 'narrow'} />}
      {!bare && (
        <div className={classes.rail}>
          <SourceRail narrow={width === 'narrow'} onBackUp={backUp} />
          <Navigation narrow={width === 'narrow'} />
        </div>
      )}
      <main className={classes.middle} id="view" tabIndex={-1}>
        <ErrorBoundary resetKey={view.name} fallback={(error, reset) => <ViewFailed error={error} reset={reset} />}>
          <Shown onBackUp={backUp} />
        </ErrorBoundary>
      </main>
      {!bare && shown?.wide !== true && (
        <ErrorBoundary resetKey={view.name} fallback={(error, reset) => <ViewFailed error={error} reset={reset} />}>
          <DetailsArea drawer={width === 'narrow'} onBackUp={backUp} />
        </ErrorBoundary>
      )}
      <UnlockDialog />
      <div id={liveRegionId} className="sp-visually-hidden" aria-live="polite" role="status" />
    </div>
  );
}

function Shown({ onBackUp }: { readonly onBackUp: ReturnType<typeof useBackUp> }): ReactNode {
  const view = useStore((state) => state.view);
  const View = viewFor(view.name)?.component;
  return View === undefined ? <MainView onBackUp={onBackUp} /> : <View view={view} />;
}

function ViewFailed({ error, reset }: { readonly error: Error; readonly reset: () => void }): ReactNode {
  const { t } = useTranslation('app');
  const open = useStore((state) => state.open);
  return (
    <div className={classes.failed}>
      <ErrorPanel
        error={{ message: t('viewFailed'), guidance: t('viewFailedGuidance'), retryable: false, cause: error }}
        actions={
          <>
            <Button variant="default" onClick={reset}>
              {t('tryAgain')}
            </Button>
            <Button variant="default" onClick={() => open({ name: 'main' })}>
              {t('toTimeline')}
            </Button>
          </>
        }
      />
    </div>
  );
}
