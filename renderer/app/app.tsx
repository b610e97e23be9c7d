import { Button, Loader } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { type ReactNode, useCallback, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { asStillpointError, type StillpointError } from '../../shared/errors/index.ts';
import { useRunAnnouncements } from '../features/running-card/use-run-announcements.ts';
import { applyLanguage } from '../i18n/language.ts';
import { connect } from '../state/connect.ts';
import { useStore } from '../state/store.ts';
import { ErrorPanel } from '../ui/error-panel.tsx';
import { ThemeProvider } from '../ui/theme/theme-provider.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import { Frame } from './frame/frame.tsx';
import { TaskParts } from './task-parts.tsx';
import { useBackUp } from './use-back-up.ts';
import { useKeptSelection } from './use-kept-selection.ts';
import { useShortcuts } from './use-shortcuts.ts';

export function App(): ReactNode {
  const theme = useStore((state) => state.settings?.theme ?? 'system');
  return (
    <ThemeProvider choice={theme}>
      <Notifications position="bottom-right" limit={4} />
      <ErrorBoundary fallback={(error) => <WindowFailed error={error} />}>
        <Connected />
      </ErrorBoundary>
    </ThemeProvider>
  );
}

/** The frame, once main has answered; until then that it is asked, or why it did not answer. */
function Connected(): ReactNode {
  const { t } = useTranslation('app');
  const language = useStore((state) => state.settings?.language);
  const [error, setError] = useState<StillpointError | null>(null);
  const [ready, setReady] = useState(false);
  const [attempt, setAttempt] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt connects again.
  useEffect(() => {
    let stop: (() => void) | undefined;
    let gone = false;
    connect().then(
      (stopListening) => {
        if (gone) return stopListening();
        stop = stopListening;
        setReady(true);
      },
      (thrown: unknown) => setError(asStillpointError(thrown)),
    );
    return () => {
      gone = true;
      stop?.();
    };
  }, [attempt]);

  useEffect(() => {
    if (language !== undefined) void applyLanguage(language);
  }, [language]);

  const retry = useCallback(() => {
    setError(null);
    setAttempt((before) => before + 1);
  }, []);

  if (error !== null) {
    return (
      <main style={{ padding: 24, maxWidth: 720, margin: '10vh auto' }}>
        <ErrorPanel error={error} actions={<Button onClick={retry}>{t('tryAgain')}</Button>} />
      </main>
    );
  }
  if (!ready) {
    return (
      <main style={{ display: 'grid', placeItems: 'center', height: '100%' }}>
        <Loader aria-label={t('starting')} />
      </main>
    );
  }
  return (
    <TaskParts>
      <Window />
    </TaskParts>
  );
}

/** What goes on whatever is shown: keys, selection, what is read out, and the way to the first run. */
function Window(): ReactNode {
  const view = useStore((state) => state.view.name);
  const firstRunDone = useStore((state) => state.settings?.firstRunDone ?? true);
  const nothingYet = useStore((state) => state.sources?.length === 0 && state.repositories?.length === 0);
  const open = useStore((state) => state.open);
  const backUp = useBackUp();
  useShortcuts(backUp);
  useKeptSelection();
  useRunAnnouncements();
  useEffect(() => {
    if (view === 'main' && !firstRunDone && nothingYet) open({ name: 'first-run' });
  }, [view, firstRunDone, nothingYet, open]);
  return <Frame />;
}

function WindowFailed({ error }: { readonly error: Error }): ReactNode {
  const { t } = useTranslation('app');
  return (
    <main style={{ padding: 24, maxWidth: 720, margin: '10vh auto' }}>
      <ErrorPanel
        error={{ message: t('windowFailed'), guidance: t('windowFailedGuidance'), retryable: false, cause: error }}
        actions={<Button onClick={() => window.location.reload()}>{t('reloadWindow')}</Button>}
      />
    </main>
  );
}
