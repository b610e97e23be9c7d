import { Loader } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RestorePoint } from '../../../shared/domain/restore.ts';
import { announce } from '../../ui/announce.ts';
import { EntryIcon } from '../../ui/entry-icon.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { formatBytes } from '../../ui/format/bytes.ts';
import { formatNumber } from '../../ui/format/numbers.ts';
import { shownName } from '../../ui/format/quoted-name.ts';
import previewStyles from './preview.module.css';
import { tickOfPath, withTick } from './selection.ts';
import { TreeList } from './tree-list.tsx';
import { useSnapshotTree } from './use-snapshot-tree.ts';
import wizardStyles from './wizard.module.css';

/** The snapshot's folders with a tick before each entry. */
export function FilePicker({
  point,
  roots,
  selection,
  onChange,
}: {
  readonly point: RestorePoint;
  /** What the snapshot was made of. */
  readonly roots: readonly string[];
  readonly selection: readonly string[];
  readonly onChange: (selection: readonly string[]) => void;
}): ReactNode {
  const { t } = useTranslation('restore');
  const tree = useSnapshotTree(point, roots);
  const [active, setActive] = useState(0);
  const chosen = new Set(selection);
  const rows = tree.rows.map((row) => ({
    ...row,
    key: row.more > 0 ? `${row.path}//more` : row.path,
    tick: row.more > 0 ? null : tickOfPath(chosen, row.path),
  }));
  const tick = (path: string, on: boolean): void => {
    const next = withTick(chosen, path, on, tree.childrenOf);
    if (next === null) announce(t('what.readFirst'));
    else onChange([...next]);
  };

  if (tree.error !== null) return <ErrorPanel error={tree.error} />;
  if (!tree.ready) return <Loader size="sm" role="status" aria-label={t('what.reading')} />;
  return (
    <div className={wizardStyles.picker}>
      <TreeList
        rows={rows}
        label={t('what.tree')}
        active={active}
        onActive={setActive}
        onOpen={(row, open) => tree.setOpen(row.path, open)}
        onTick={(row, on) => tick(row.path, on)}
        onUse={(row) => (row.more > 0 ? tree.readMore(row.path) : tick(row.path, row.tick !== 'on'))}
      >
        {(row) =>
          row.more > 0 ? (
            <button type="button" tabIndex={-1} className={wizardStyles.more} onClick={() => tree.readMore(row.path)}>
              {t('what.more', { count: row.more, n: formatNumber(row.more) })}
            </button>
          ) : (
            <>
              <EntryIcon name={row.entry.name} type={row.entry.type} />
              <span className={previewStyles.rowName}>{shownName(row.entry.name)}</span>
              {row.loading && <Loader size={14} role="status" aria-label={t('what.reading')} />}
              {row.entry.type === 'file' && (
                <span className={previewStyles.rowSize}>{formatBytes(row.entry.size)}</span>
              )}
            </>
          )
        }
      </TreeList>
    </div>
  );
}
