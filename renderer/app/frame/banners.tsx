import { Button } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { asStillpointError, type StillpointError } from '../../../shared/errors/index.ts';
import { StillPointsNotice } from '../../features/policy/still-points.tsx';
import { useStore } from '../../state/store.ts';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Notice } from '../../ui/notice.tsx';

/** What keeps the app from doing all it could: the helper is gone, or may not hold filesystems still. */
export function Banners(): ReactNode {
  const { t } = useTranslation('app');
  const helper = useStore((state) => state.info?.helper);
  const requestRights = useStore((state) => state.requestRights);
  const [closed, setClosed] = useState(false);
  const [asking, setAsking] = useState(false);
  const [error, setError] = useState<StillpointError | null>(null);
  if (helper === undefined) return null;
  const ask = (): void => {
    setAsking(true);
    setError(null);
    requestRights()
      .catch((thrown: unknown) => setError(asStillpointError(thrown)))
      .finally(() => setAsking(false));
  };
  const allow = helper.canAskForRights && (
    <Button variant="filled" size="compact-md" loading={asking} onClick={ask}>
      {t('banner.allow')}
    </Button>
  );
  if (error !== null) {
    return (
      <ErrorPanel
        error={error}
        actions={
          <>
            {allow}
            <Close onClose={() => setError(null)} />
          </>
        }
      />
    );
  }
  if (helper.state === 'crashed') {
    return (
      <Notice tone="warn" live title={t('banner.crashed')}>
        {t('banner.crashedText')}
      </Notice>
    );
  }
  if (helper.state === 'unavailable') {
    return (
      <Notice tone="bad" live title={t('banner.unavailable')} actions={allow === false ? undefined : allow}>
        {helper.explanation}
      </Notice>
    );
  }
  // Whoever said no, or has no way to say yes, is not asked at every start; settings tell the state.
  if (helper.state !== 'ready' || helper.canFreeze || helper.refused || closed || allow === false) {
    return <StillPointsBanner />;
  }
  return (
    <Notice
      tone="info"
      title={t('banner.notAllowed')}
      actions={
        <>
          {allow}
          <Close onClose={() => setClosed(true)} />
        </>
      }
    >
      {t('banner.notAllowedText')}
    </Notice>
  );
}

/** Why scheduled runs copy live: said until it is allowed, or closed for this time. */
function StillPointsBanner(): ReactNode {
  const [closed, setClosed] = useState(false);
  return closed ? null : <StillPointsNotice sourceId={null} later={<Close onClose={() => setClosed(true)} />} />;
}

function Close({ onClose }: { readonly onClose: () => void }): ReactNode {
  const { t } = useTranslation('app');
  return (
    <IconButton label={t('banner.close')} size={28} onClick={onClose}>
      <IconX size={16} />
    </IconButton>
  );
}
