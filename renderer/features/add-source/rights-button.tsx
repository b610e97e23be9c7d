import { Button } from '@mantine/core';
import { IconShieldCheck } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { asStillpointError, type StillpointError } from '../../../shared/errors/index.ts';
import { useStore } from '../../state/store.ts';

/** Asks an administrator to allow still points. A no is an answer: it is said once and never nagged about. */
export function RightsButton(): ReactNode {
  const { t } = useTranslation('add-source');
  const helper = useStore((state) => state.info?.helper);
  const requestRights = useStore((state) => state.requestRights);
  const [asking, setAsking] = useState(false);
  const [error, setError] = useState<StillpointError | null>(null);
  if (helper === undefined || helper.canFreeze || !helper.canAskForRights) return null;
  const request = (): void => {
    setAsking(true);
    setError(null);
    requestRights()
      .catch((thrown: unknown) => setError(asStillpointError(thrown)))
      .finally(() => setAsking(false));
  };
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconShieldCheck size={17} aria-hidden="true" />}
        loading={asking}
        onClick={request}
      >
        {t('rights.allow')}
      </Button>
      {(helper.refused || error !== null) && (
        <span role="status">{error === null ? t('rights.refused') : `${error.message} ${error.guidance}`}</span>
      )}
    </>
  );
}
