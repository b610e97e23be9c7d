import { Button } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { asStillpointError, type StillpointError } from '../../../shared/errors/index.ts';
import { ask } from '../../state/ask.ts';
import { useStore } from '../../state/store.ts';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { Notice } from '../../ui/notice.tsx';
import type { RepositoryFacts } from './repository-state.ts';

/** What ejecting came to; kept above the button, because afterwards the disk is away and the button with it. */
export interface Ejection {
  readonly state: 'idle' | 'working' | 'safe' | 'unsafe';
  readonly text: string;
  readonly error: StillpointError | null;
  readonly eject: () => void;
}

export function useEjection(repository: RepositoryFacts): Ejection {
  const [result, setResult] = useState<Omit<Ejection, 'eject'>>({ state: 'idle', text: '', error: null });
  const eject = (): void => {
    setResult({ state: 'working', text: '', error: null });
    ask('repositories.eject', { id: repository.id })
      .then(async ({ safeToUnplug, text }) => {
        setResult({ state: safeToUnplug ? 'safe' : 'unsafe', text, error: null });
        await useStore.getState().refreshRepositories();
      })
      .catch((thrown: unknown) => setResult({ state: 'idle', text: '', error: asStillpointError(thrown) }));
  };
  return { ...result, eject };
}

export function EjectButton({ ejection }: { readonly ejection: Ejection }): ReactNode {
  const { t } = useTranslation('repositories');
  return (
    <Button
      variant="default"
      leftSection={<IconPlugConnectedX size={16} aria-hidden="true" />}
      loading={ejection.state === 'working'}
      onClick={ejection.eject}
    >
      {t('eject.button')}
    </Button>
  );
}

/** Whether it may be unplugged: said only when its filesystem is unmounted. */
export function EjectResult({
  ejection,
  away,
}: {
  readonly ejection: Ejection;
  /** The disk is not mounted now: once it is back, the old word no longer holds. */
  readonly away: boolean;
}): ReactNode {
  const { t } = useTranslation('repositories');
  if (ejection.error !== null) return <ErrorPanel error={ejection.error} onRetry={ejection.eject} />;
  if (ejection.state === 'safe' && away) {
    return (
      <Notice tone="ok" live title={t('eject.safe')}>
        {ejection.text}
      </Notice>
    );
  }
  if (ejection.state !== 'unsafe') return null;
  return (
    <Notice tone="warn" live title={t('eject.unsafe')}>
      {ejection.text}
    </Notice>
  );
}
