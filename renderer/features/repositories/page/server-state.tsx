import { Button } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RepositoryLocation } from '../../../../shared/domain/location.ts';
import { asStillpointError, type StillpointError } from '../../../../shared/errors/index.ts';
import { ask } from '../../../state/ask.ts';
import { useStore } from '../../../state/store.ts';
import { ErrorPanel } from '../../../ui/error-panel.tsx';
import { Notice } from '../../../ui/notice.tsx';
import type { RepositoryFacts } from '../repository-state.ts';
import classes from './page.module.css';

/** A server that is not there, or does not let us in: what it says when it is asked, and where that is put right. */
export function ServerState({ repository: { location } }: { readonly repository: RepositoryFacts }): ReactNode {
  const { t } = useTranslation('repository');
  const refresh = useStore((state) => state.refreshRepositories);
  const [answer, setAnswer] = useState<{ working: boolean; text: string | null; error: StillpointError | null }>({
    ...{ working: false, text: null, error: null },
  });
  const test = (): void => {
    setAnswer({ working: true, text: null, error: null });
    ask('repositories.probe', { location }).then(
      ({ state, explanation }) => {
        setAnswer({ working: false, text: state === 'repository' ? t('server.answers') : explanation, error: null });
        void refresh();
      },
      (thrown: unknown) => setAnswer({ working: false, text: null, error: asStillpointError(thrown) }),
    );
  };
  const hint = hintOf(location, t);
  return (
    <div className={classes.server}>
      <p>{t('server.waiting')}</p>
      {hint !== null && <p className={classes.quiet}>{hint}</p>}
      {answer.text !== null && <Notice tone="info" live title={answer.text} />}
      {answer.error !== null && <ErrorPanel error={answer.error} />}
      <div>
        <Button variant="default" loading={answer.working} onClick={test}>
          {t(answer.working ? 'server.testing' : 'server.test')}
        </Button>
      </div>
    </div>
  );
}

function hintOf(location: RepositoryLocation, t: ReturnType<typeof useTranslation<'repository'>>['t']): string | null {
  if (location.kind === 'rclone') return t('server.rclone', { remote: location.remote });
  if (location.kind !== 'sftp') return null;
  return t('server.sftp', { who: location.user === undefined ? location.host : `${location.user}@${location.host}` });
}
