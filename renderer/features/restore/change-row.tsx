import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { EntryIcon } from '../../ui/entry-icon.tsx';
import { formatNumber } from '../../ui/format/numbers.ts';
import { shownName } from '../../ui/format/quoted-name.ts';
import type { TreeRow } from './change-tree.ts';
import previewStyles from './preview.module.css';

/** Name of a file or folder and, in a word, what happens to it. */
export function ChangeRow({ row }: { readonly row: TreeRow }): ReactNode {
  const { t } = useTranslation('restore');
  const action = row.entry?.action;
  const type = row.kind === 'folder' ? 'dir' : row.entry.type;
  return (
    <>
      <EntryIcon name={row.name} type={type} />
      <span className={previewStyles.rowName}>{shownName(row.name)}</span>
      {row.kind === 'folder' && !row.open && row.changes > 0 && (
        <span className={previewStyles.rowSize}>
          {t('list.inside', { count: row.changes, n: formatNumber(row.changes) })}
        </span>
      )}
      {action !== undefined && action !== 'same' && (
        <span className={previewStyles.action} data-action={action}>
          {t(`action.${action}`)}
        </span>
      )}
    </>
  );
}
