import { Button, Modal } from '@mantine/core';
import { IconArrowBackUp } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { UndoableRestore } from '../../../shared/domain/restore.ts';
import { instantToMs } from '../../../shared/domain/time.ts';
import { useStore } from '../../state/store.ts';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { formatNumber } from '../../ui/format/numbers.ts';
import { Notice } from '../../ui/notice.tsx';
import { RelativeTime } from '../../ui/values.tsx';
import { RunWarnings } from './result-panel.tsx';
import runStyles from './run.module.css';
import { RunPanel } from './run-panel.tsx';
import { judgeRun } from './run-verdict.ts';
import { useUndo } from './use-undo.ts';
import { useUndoable } from './use-undoable.ts';
import wizardStyles from './wizard.module.css';

/** The last restores, each with its Undo; also after a restart, because main asks the durable journal. */
export function RecentRestores(): ReactNode {
  const { t } = useTranslation(['restore', 'ui']);
  const undoable = useUndoable();
  const undo = useUndo();
  const placeOf = usePlaceOf();
  const [watching, setWatching] = useState(false);
  if (undoable.error !== null) return <ErrorPanel error={undoable.error} onRetry={undoable.reload} />;
  const entries = undoable.value ?? [];
  if (entries.length === 0) return null;
  return (
    <section aria-label={t('recent.title')}>
      <h2 className={runStyles.recentTitle}>{t('recent.title')}</h2>
      <ul className={`${runStyles.recent} sp-card`}>
        {entries.map((entry) => (
          <li key={entry.runId}>
            <div className={runStyles.recentText}>
              <strong>{placeOf(entry)}</strong>
              <span className={wizardStyles.quiet}>
                <RelativeTime ms={instantToMs(entry.finishedAt)} /> · {countsLine(t, entry)}
              </span>
            </div>
            {entry.undoneBy !== null ? (
              <span className={wizardStyles.quiet}>{t('recent.undone')}</span>
            ) : (
              <Button
                variant="default"
                leftSection={<IconArrowBackUp size={16} aria-hidden="true" />}
                loading={undo.starting}
                aria-label={t('recent.undoNamed', { path: placeOf(entry) })}
                onClick={() => {
                  setWatching(true);
                  undo.start(entry.runId);
                }}
              >
                {t('recent.undo')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      <Modal
        opened={watching && (undo.run !== null || undo.error !== null)}
        onClose={() => setWatching(false)}
        title={t('undo.title')}
        centered
        size="lg"
        closeButtonProps={{ 'aria-label': t('ui:close') }}
      >
        {undo.error !== null && <ErrorPanel error={undo.error} />}
        {undo.run !== null && undo.run.finishedAt === null && <RunPanel run={undo.run} />}
        {undo.run !== null && undo.run.finishedAt !== null && (
          <div className={runStyles.result}>
            <Notice tone={judgeRun(undo.run).tone} live title={t(`undo.${judgeRun(undo.run).words}`)}>
              {undo.run.summary}
            </Notice>
            <RunWarnings run={undo.run} />
          </div>
        )}
      </Modal>
    </section>
  );
}

/** Where a restore went. Of a source of several places the folder they have in common says nothing: its name does. */
function usePlaceOf(): (entry: UndoableRestore) => string {
  const lanes = useStore((state) => state.lanes);
  return ({ restoredSnapshotId, targetPath }) => {
    const lane = lanes?.find(({ snapshots }) => snapshots.some(({ id }) => id === restoredSnapshotId));
    return lane?.kind === 'group' ? lane.name : targetPath;
  };
}

type Translate = ReturnType<typeof useTranslation<['restore', 'ui']>>['t'];

function countsLine(t: Translate, entry: UndoableRestore): string {
  const parts = (['replaced', 'added', 'deleted'] as const)
    .filter((part) => entry[part] > 0)
    .map((part) => t(`recent.${part}`, { count: entry[part], n: formatNumber(entry[part]) }));
  return parts.length === 0 ? t('recent.nothing') : parts.join(', ');
}
