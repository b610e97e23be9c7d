import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { repositoryIdSchema } from '../../../shared/domain/ids.ts';
import type { SerializedError } from '../../../shared/errors/index.ts';
import { useStore } from '../../state/store.ts';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { recoveriesFor } from './recoveries.ts';

/** An error of planning or starting, with every way on that it leaves; nothing was touched. */
export function RestoreError({
  error,
  onRetry,
  onOtherFolder,
  onWithoutSafety,
}: {
  readonly error: SerializedError;
  readonly onRetry: () => void;
  readonly onOtherFolder?: () => void;
  readonly onWithoutSafety?: () => void;
}): ReactNode {
  const { t } = useTranslation('restore');
  const needPassword = useStore((state) => state.needPassword);
  const repositoryId = repositoryIdSchema.safeParse(error.context.repositoryId).data;
  const buttons = recoveriesFor(error.kind, error.retryable).flatMap((recovery) => {
    const act = {
      'try-again': onRetry,
      'other-folder': onOtherFolder,
      'without-safety': onWithoutSafety,
      unlock: repositoryId === undefined ? onRetry : () => needPassword({ repositoryId, reason: error.message }),
    }[recovery];
    if (act === undefined) return [];
    return [
      <Button key={recovery} variant="default" onClick={act}>
        {t(`recovery.${recovery}`)}
      </Button>,
    ];
  });
  return <ErrorPanel error={error} actions={buttons.length > 0 ? buttons : undefined} />;
}
