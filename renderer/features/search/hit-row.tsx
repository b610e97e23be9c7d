import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { RepositoryId, SnapshotId } from '../../../shared/domain/ids.ts';
import { snapshotPathName } from '../../../shared/domain/path-text.ts';
import type { NodeType } from '../../../shared/domain/snapshot.ts';
import { instantToMs } from '../../../shared/domain/time.ts';
import { EntryIcon } from '../../ui/entry-icon.tsx';
import { formatBytes } from '../../ui/format/bytes.ts';
import { formatNumber } from '../../ui/format/numbers.ts';
import { shownName } from '../../ui/format/quoted-name.ts';
import { RelativeTime } from '../../ui/values.tsx';
import { highlight } from './highlight.ts';
import classes from './search.module.css';

export interface Hit {
  readonly path: string;
  readonly type: NodeType;
  readonly versions: number;
  readonly latest: { readonly id: SnapshotId; readonly repositoryId: RepositoryId };
  readonly sourceName: string;
  readonly size: number;
  readonly modifiedAt: string;
}

/** Name with what was typed marked, where it lies, whose it is, and how many versions there are. */
export function HitRow({ hit, typed }: { readonly hit: Hit; readonly typed: string }): ReactNode {
  const { t } = useTranslation('search');
  const name = snapshotPathName(hit.path);
  const folder = hit.path.slice(0, hit.path.lastIndexOf('/')) || '/';
  return (
    <div className={classes.row}>
      <EntryIcon name={name} type={hit.type} size={20} />
      <div className={classes.rowText}>
        <span className={classes.name}>
          {highlight(shownName(name), typed).map((stretch, index) =>
            // biome-ignore lint/suspicious/noArrayIndexKey: stretches of a name have no other identity.
            stretch.found ? <mark key={index}>{stretch.text}</mark> : stretch.text,
          )}
        </span>
        <span className={classes.where}>
          {hit.sourceName} · {shownName(folder)}
        </span>
      </div>
      <div className={classes.rowEnd}>
        <span>{t('versionCount', { count: hit.versions, n: formatNumber(hit.versions) })}</span>
        <span>
          {hit.type === 'file' && `${formatBytes(hit.size)} · `}
          <RelativeTime ms={instantToMs(hit.modifiedAt)} />
        </span>
      </div>
    </div>
  );
}
