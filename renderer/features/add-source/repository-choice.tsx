import { Button, Radio } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { RepositoryId } from '../../../shared/domain/ids.ts';
import { locationText } from '../../../shared/domain/location.ts';
import { useStore } from '../../state/store.ts';
import { useAnswer } from '../../state/use-answer.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { formatBytes } from '../../ui/format/bytes.ts';
import { Notice } from '../../ui/notice.tsx';
import classes from './add-source.module.css';

/** Which repository keeps the snapshots. One that is away now can be chosen: backups wait for it. */
export function RepositoryChoice({
  value,
  onChange,
  sourceMountPoints,
}: {
  readonly value: RepositoryId | null;
  readonly onChange: (id: RepositoryId) => void;
  readonly sourceMountPoints: readonly string[];
}): ReactNode {
  const { t } = useTranslation('add-source');
  const { open, repositories } = useStore();
  const chosen = repositories?.find(({ id }) => id === value);
  const probe = useAnswer('repositories.probe', chosen === undefined ? null : { location: chosen.location });
  // One mount point is one disk; two mount points may be one disk too, which the repository's own status then says.
  const sameDisk = sourceMountPoints.some((mountPoint) => probe.value?.filesystem.endsWith(` at ${mountPoint}`));

  if (repositories === null) return null;
  if (repositories.length === 0) {
    return (
      <EmptyState
        title={t('repository.none')}
        actions={
          <Button variant="default" onClick={() => open({ name: 'repositories' })}>
            {t('repository.make')}
          </Button>
        }
      >
        {t('repository.noneLine')}
      </EmptyState>
    );
  }
  return (
    <>
      <Radio.Group
        value={value ?? ''}
        aria-label={t('repository.title')}
        onChange={(id) => {
          const found = repositories.find((repository) => repository.id === id);
          if (found !== undefined) onChange(found.id);
        }}
      >
        <div className={classes.repositories}>
          {repositories.map((repository) => (
            <Radio
              key={repository.id}
              value={repository.id}
              label={repository.name}
              description={[
                locationText(repository.location),
                repository.freeBytes === null
                  ? null
                  : t('repository.free', { free: formatBytes(repository.freeBytes) }),
                repository.state === 'ready' ? null : t(`repository.state.${repository.state}`),
              ]
                .filter(Boolean)
                .join(' · ')}
            />
          ))}
        </div>
      </Radio.Group>
      {sameDisk && (
        <Notice tone="warn" title={t('repository.sameDisk')}>
          {t('repository.sameDiskLine')}
        </Notice>
      )}
    </>
  );
}
