import { Button, Loader } from '@mantine/core';
import { IconArrowBackUp, IconDownload } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TreeEntry } from '../../../shared/domain/snapshot.ts';
import { instantToMs } from '../../../shared/domain/time.ts';
import { asStillpointError, type StillpointError } from '../../../shared/errors/index.ts';
import { ask } from '../../state/ask.ts';
import { usePutBack } from '../../state/put-back.ts';
import { useAnswer } from '../../state/use-answer.ts';
import type { SnapshotRef } from '../../state/view.ts';
import { announce } from '../../ui/announce.ts';
import { EntryIcon } from '../../ui/entry-icon.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { formatBytes } from '../../ui/format/bytes.ts';
import { formatDateTime } from '../../ui/format/date-time.ts';
import { shownName } from '../../ui/format/quoted-name.ts';
import classes from './browse.module.css';
import { FileVersions } from './file-versions.tsx';
import { modeText } from './mode-text.ts';

/** One entry: what it is, what is in it, what can be done with it. */
export function Preview({
  snapshot,
  path,
  entry,
}: {
  readonly snapshot: SnapshotRef;
  readonly path: string;
  readonly entry: TreeEntry;
}): ReactNode {
  const { t } = useTranslation('browse');
  const putBack = usePutBack();
  const [versions, setVersions] = useState(false);
  const [error, setError] = useState<StillpointError | null>(null);
  const isFile = entry.type === 'file';

  const save = (): void => {
    setError(null);
    ask('snapshots.saveFileAs', { ...snapshot, path }).then(
      (saved) => saved.path !== null && announce(t('saved', { path: saved.path })),
      (thrown: unknown) => setError(asStillpointError(thrown)),
    );
  };

  return (
    <aside className={classes.pane} aria-label={t('preview')}>
      <header className={classes.previewHead}>
        <EntryIcon name={entry.name} type={entry.type} size={20} />
        <h2>{shownName(entry.name)}</h2>
      </header>
      <dl className={classes.facts}>
        {isFile && (
          <>
            <dt>{t('fact.size')}</dt>
            <dd>{formatBytes(entry.size)}</dd>
          </>
        )}
        <dt>{t('fact.modified')}</dt>
        <dd>{formatDateTime(instantToMs(entry.modifiedAt))}</dd>
        <dt>{t('fact.rights')}</dt>
        <dd>
          <code>{modeText(entry.mode, entry.type)}</code> {entry.uid}:{entry.gid}
        </dd>
      </dl>
      <div className={classes.previewActions}>
        <Button
          variant="default"
          leftSection={<IconArrowBackUp size={17} aria-hidden="true" />}
          onClick={() =>
            putBack({ point: { ...snapshot, instant: null }, selection: [path], name: shownName(entry.name) })
          }
        >
          {t('putBack')}
        </Button>
        {isFile && (
          <>
            <Button variant="default" leftSection={<IconDownload size={17} aria-hidden="true" />} onClick={save}>
              {t('saveAs')}
            </Button>
            <Button variant="default" aria-pressed={versions} onClick={() => setVersions(!versions)}>
              {t('versions.show')}
            </Button>
          </>
        )}
      </div>
      {error !== null && <ErrorPanel error={error} onRetry={save} />}
      <div className={classes.previewBody}>
        {versions ? (
          <FileVersions path={path} repositoryId={snapshot.repositoryId} current={snapshot.snapshotId} />
        ) : isFile ? (
          <Content snapshot={snapshot} path={path} name={entry.name} />
        ) : (
          <p className={classes.quiet}>{t(entry.type === 'dir' ? 'folderHint' : `type.${entry.type}`)}</p>
        )}
      </div>
    </aside>
  );
}

function Content({
  snapshot,
  path,
  name,
}: {
  readonly snapshot: SnapshotRef;
  readonly path: string;
  readonly name: string;
}): ReactNode {
  const { t } = useTranslation('browse');
  const content = useAnswer('snapshots.readText', { ...snapshot, path });
  if (content.error !== null) return <ErrorPanel error={content.error} onRetry={content.reload} />;
  if (content.value === null) return <Loader size="sm" role="status" aria-label={t('reading')} />;
  const { text, dataUrl, truncated } = content.value;
  if (dataUrl !== null)
    return <img src={dataUrl} alt={t('imageOf', { name: shownName(name) })} className={classes.image} />;
  if (text === null) return <p className={classes.quiet}>{t('notText')}</p>;
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <section className={classes.text} tabIndex={0} aria-label={t('textOf', { name: shownName(name) })}>
        <pre>{text}</pre>
      </section>
      {truncated && <p className={classes.quiet}>{t('truncated')}</p>}
    </>
  );
}
