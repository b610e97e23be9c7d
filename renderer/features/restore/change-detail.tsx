import { type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { snapshotPathName } from '../../../shared/domain/path-text.ts';
import type { PlanEntry } from '../../../shared/domain/restore.ts';
import { instantToMs } from '../../../shared/domain/time.ts';
import { useAnswer } from '../../state/use-answer.ts';
import { DiffView } from '../../ui/diff/diff-view.tsx';
import { EntryIcon } from '../../ui/entry-icon.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { formatBytes } from '../../ui/format/bytes.ts';
import { formatDay, formatTime } from '../../ui/format/date-time.ts';
import { formatNumber } from '../../ui/format/numbers.ts';
import { shownName } from '../../ui/format/quoted-name.ts';
import { useNow } from '../../ui/use-now.ts';
import type { FolderRow, TreeRow } from './change-tree.ts';
import previewStyles from './preview.module.css';
import wizardStyles from './wizard.module.css';

/** One change: then and now in figures, and for text what goes and what comes back. */
export function ChangeDetail({ planId, row }: { readonly planId: string; readonly row: TreeRow | null }): ReactNode {
  const { t } = useTranslation('restore');
  const entry = row?.entry ?? null;
  const now = useNow(60_000);
  const comparable = entry !== null && entry.type === 'file' && entry.action !== 'same' && entry.action !== 'metadata';
  const params = useMemo(() => (comparable ? { planId, path: entry.path } : null), [comparable, planId, entry?.path]);
  const texts = useAnswer('restore.compareText', params);

  if (row?.kind === 'folder') return <FolderDetail folder={row} />;
  if (entry === null) return <section className={previewStyles.pane} aria-label={t('detail.label')} />;
  const when = (at: string | null): string =>
    at === null ? '' : `${formatDay(instantToMs(at), now)} ${formatTime(instantToMs(at))}`;
  const size = (bytes: number | null): string => (bytes === null ? '' : formatBytes(bytes));
  const side = (bytes: number | null, at: string | null): string => [size(bytes), when(at)].filter(Boolean).join(', ');
  return (
    <section className={previewStyles.pane} aria-label={t('detail.label')}>
      <header className={previewStyles.detailHead}>
        <strong>{shownName(snapshotPathName(entry.path))}</strong>
        <span className={wizardStyles.quiet}>
          {t(`detail.${entry.action}`, {
            present: side(entry.sizeNow, entry.modifiedNow),
            past: side(entry.sizeThen, entry.modifiedThen),
          })}
        </span>
      </header>
      {texts.error !== null && <ErrorPanel error={texts.error} onRetry={texts.reload} />}
      {comparable && texts.value !== null && !texts.loading && hasText(texts.value, entry) ? (
        <DiffView
          key={entry.path}
          before={texts.value.present ?? ''}
          after={texts.value.past ?? ''}
          name={snapshotPathName(entry.path)}
        />
      ) : (
        <div className={previewStyles.noDiff}>
          <EntryIcon name={snapshotPathName(entry.path)} type={entry.type} size={36} />
          <span>{comparable && texts.loading ? t('detail.reading') : t(`detail.line.${entry.action}`)}</span>
        </div>
      )}
    </section>
  );
}

/** What unticking a folder would spare, in a number. */
function FolderDetail({ folder }: { readonly folder: FolderRow }): ReactNode {
  const { t } = useTranslation('restore');
  return (
    <section className={previewStyles.pane} aria-label={t('detail.label')}>
      <header className={previewStyles.detailHead}>
        <strong>{shownName(folder.name)}</strong>
        {folder.entry !== null && folder.entry.action !== 'same' && (
          <span className={wizardStyles.quiet}>{t(`detail.folder.${folder.entry.action}`)}</span>
        )}
      </header>
      <div className={previewStyles.noDiff}>
        <EntryIcon name={folder.name} type="dir" size={36} />
        <span>{t('detail.inside', { count: folder.changes, n: formatNumber(folder.changes) })}</span>
        {folder.changes > 0 && <span className={wizardStyles.quiet}>{t('detail.untick')}</span>}
      </div>
    </section>
  );
}

/** Text is compared where every side that exists is text; half a diff would claim that the other side is empty. */
function hasText(texts: { readonly past: string | null; readonly present: string | null }, entry: PlanEntry): boolean {
  const pastKnown = texts.past !== null || entry.sizeThen === null;
  const presentKnown = texts.present !== null || entry.sizeNow === null;
  return pastKnown && presentKnown && (texts.past !== null || texts.present !== null);
}
