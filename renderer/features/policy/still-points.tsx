import { Button } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SourceId } from '../../../shared/domain/ids.ts';
import { asStillpointError, type StillpointError } from '../../../shared/errors/index.ts';
import { useStore } from '../../state/store.ts';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { Notice } from '../../ui/notice.tsx';
import { lacksStillPoints } from './lacks-still-points.ts';

/**
 * Scheduled runs ask nobody, so without one consent they copy live. Shown where something is scheduled that is to be held
 * still: of one source, or of any.
 */
export function StillPointsNotice({
  sourceId,
  later,
}: {
  readonly sourceId: SourceId | null;
  /** A button that puts it off. */
  readonly later?: ReactNode;
}): ReactNode {
  const { t } = useTranslation('policy');
  const helper = useStore((state) => state.info?.helper);
  const sources = useStore((state) => state.sources) ?? [];
  const allow = useStore((state) => state.allowStillPoints);
  const [asking, setAsking] = useState(false);
  const [error, setError] = useState<StillpointError | null>(null);
  const concerned = sources.filter(({ id }) => sourceId === null || id === sourceId);
  if (helper === undefined || !lacksStillPoints(helper, concerned)) return null;
  const request = (): void => {
    setAsking(true);
    setError(null);
    allow(true)
      .catch((thrown: unknown) => setError(asStillpointError(thrown)))
      .finally(() => setAsking(false));
  };
  return (
    <>
      <Notice
        tone="info"
        title={t('still.title')}
        actions={
          <>
            <Button variant="default" size="compact-md" loading={asking} onClick={request}>
              {t('still.allow')}
            </Button>
            {later}
          </>
        }
      >
        {t('still.line')}
      </Notice>
      {error !== null && <ErrorPanel error={error} onRetry={request} />}
    </>
  );
}
