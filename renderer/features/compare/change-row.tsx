import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { snapshotPathName } from '../../../shared/domain/path-text.ts';
import type { Change } from '../../../shared/domain/snapshot.ts';
import { EntryIcon } from '../../ui/entry-icon.tsx';
import { formatBytes } from '../../ui/format/bytes.ts';
import { shownName } from '../../ui/format/quoted-name.ts';
import classes from './compare.module.css';

export function ChangeRow({ change }: { readonly change: Change }): ReactNode {
  const { t } = useTranslation('compare');
  const name = snapshotPathName(change.path);
  const folder = change.path.slice(0, change.path.lastIndexOf('/')) || '/';
  return (
    <div className={classes.row}>
      <EntryIcon name={name} type={change.type} size={18} />
      <div className={classes.rowText}>
        <span className={classes.name}>{shownName(name)}</span>
        <span className={classes.where}>{shownName(folder)}</span>
      </div>
      <div className={classes.rowEnd}>
        <span className={classes.kind} data-kind={change.change}>
          {t(`kind.${change.change}`)}
        </span>
        <span className={classes.quiet}>{sizeWords(change)}</span>
      </div>
    </div>
  );
}

function sizeWords({ sizeBefore, sizeAfter, type }: Change): string {
  if (type !== 'file') return '';
  if (sizeBefore === null || sizeAfter === null) return formatBytes(sizeBefore ?? sizeAfter ?? 0);
  return sizeBefore === sizeAfter ? formatBytes(sizeAfter) : `${formatBytes(sizeBefore)} → ${formatBytes(sizeAfter)}`;
}
