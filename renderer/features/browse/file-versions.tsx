import { Button, Loader } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { RepositoryId, SnapshotId } from '../../../shared/domain/ids.ts';
import { snapshotPathName } from '../../../shared/domain/path-text.ts';
import { usePutBack } from '../../state/put-back.ts';
import { useStore } from '../../state/store.ts';
import { useAnswer } from '../../state/use-answer.ts';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { formatBytes } from '../../ui/format/bytes.ts';
import { formatDay, formatTime } from '../../ui/format/date-time.ts';
import { shownName } from '../../ui/format/quoted-name.ts';
import { LevelMark } from '../../ui/level-mark.tsx';
import { shownLevel } from '../../ui/level-shape.ts';
import { useNow } from '../../ui/use-now.ts';
import { parentOf } from './breadcrumbs.ts';
import classes from './browse.module.css';

/** The versions of one file, newest first; each can be looked at where it lies, or put back. */
export function FileVersions({
  path,
  repositoryId,
  current,
}: {
  readonly path: string;
  readonly repositoryId: RepositoryId;
  /** The snapshot that is being looked at, marked in the list; null where there is none. */
  readonly current: SnapshotId | null;
}): ReactNode {
  const { t } = useTranslation(['browse', 'levels']);
  const open = useStore((state) => state.open);
  const putBack = usePutBack();
  const now = useNow(60_000);
  const versions = useAnswer('search.versions', { path, repositoryId });
  if (versions.error !== null) return <ErrorPanel error={versions.error} onRetry={versions.reload} />;
  if (versions.value === null) return <Loader size="sm" role="status" aria-label={t('reading')} />;
  if (versions.value.length === 0) return <p className={classes.quiet}>{t('versions.none')}</p>;
  const name = shownName(snapshotPathName(path));
  return (
    <ul className={classes.versions} aria-label={t('versions.title', { name })}>
      {[...versions.value]
        .sort((a, b) => b.snapshot.time - a.snapshot.time)
        .map(({ snapshot, size }) => {
          const when = `${formatDay(snapshot.time, now)} ${formatTime(snapshot.time)}`;
          const ref = { repositoryId: snapshot.repositoryId, snapshotId: snapshot.id };
          const shown = snapshot.id === current;
          return (
            <li key={snapshot.id} data-current={shown}>
              <LevelMark level={shownLevel(snapshot.level)} />
              <span className={classes.versionText}>
                <span>{when}</span>
                <span className={classes.quiet}>
                  {formatBytes(size)}
                  {shown && ` · ${t('versions.shown')}`}
                </span>
                <span className="sp-visually-hidden">{t(`levels:${shownLevel(snapshot.level)}.label`)}</span>
              </span>
              <Button
                size="xs"
                variant="default"
                aria-label={t('versions.browseNamed', { when })}
                onClick={() => open({ name: 'browse', snapshot: ref, path: parentOf(path) })}
              >
                {t('versions.browse')}
              </Button>
              <Button
                size="xs"
                variant="default"
                aria-label={t('versions.putBackNamed', { when })}
                onClick={() => putBack({ point: { ...ref, instant: null }, selection: [path], name })}
              >
                {t('putBack')}
              </Button>
            </li>
          );
        })}
    </ul>
  );
}
