import { TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { type Dispatch, type ReactNode, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { PlanAction, RestorePlan } from '../../../shared/domain/restore.ts';
import { announce } from '../../ui/announce.ts';
import { entryKind } from '../../ui/entry-kind.ts';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { formatNumber } from '../../ui/format/numbers.ts';
import { shownName } from '../../ui/format/quoted-name.ts';
import { Segmented } from '../../ui/segmented.tsx';
import { ChangeRow } from './change-row.tsx';
import {
  buildChangeTree,
  crowdedFolders,
  entriesBelow,
  type TreeRow,
  tickOfFolder,
  untickedPerFolder,
  visibleRows,
} from './change-tree.ts';
import type { PlanTally, Unticked } from './plan-tally.ts';
import previewStyles from './preview.module.css';
import { TreeList, type TreeTick } from './tree-list.tsx';
import { usePlanEntries } from './use-plan-entries.ts';
import type { WizardEvent } from './wizard-state.ts';

export type ListedChanges = 'changes' | 'deletions' | 'all';

const actionsOf: Readonly<Record<ListedChanges, readonly PlanAction[]>> = {
  changes: ['add', 'replace', 'metadata', 'delete'],
  deletions: ['delete'],
  all: ['add', 'replace', 'metadata', 'delete', 'same'],
};

/** Every change as a tree. Showing the deletions is what counts as having looked at them. */
export function ChangeList({
  plan,
  tally,
  unticked,
  listed,
  onListed,
  onRow,
  dispatch,
}: {
  readonly plan: RestorePlan;
  readonly tally: PlanTally;
  readonly unticked: Unticked;
  readonly listed: ListedChanges;
  readonly onListed: (listed: ListedChanges) => void;
  readonly onRow: (row: TreeRow | null) => void;
  readonly dispatch: Dispatch<WizardEvent>;
}): ReactNode {
  const { t } = useTranslation('restore');
  const [typed, setTyped] = useState('');
  const [filter] = useDebouncedValue(typed.trim(), 150);
  const [turned, setTurned] = useState<ReadonlySet<string>>(new Set());
  const [active, setActive] = useState(0);
  const found = usePlanEntries(plan.planId, actionsOf[listed], filter);
  const root = useMemo(() => buildChangeTree(found.entries), [found.entries]);
  const crowded = useMemo(() => crowdedFolders(root), [root]);
  const closed = useMemo(() => crowded.symmetricDifference(turned), [crowded, turned]);
  const { stem, rows } = useMemo(() => visibleRows(root, closed), [root, closed]);
  const perFolder = useMemo(() => untickedPerFolder(unticked.keys()), [unticked]);
  const shown = useMemo(
    () =>
      rows.map((row) => ({
        row,
        key: row.path,
        depth: row.depth,
        open: row.kind === 'folder' ? row.open : null,
        tick: tickOf(row, unticked, perFolder),
      })),
    [rows, perFolder, unticked],
  );
  const activeRow = rows[Math.min(active, rows.length - 1)];

  useEffect(() => onRow(activeRow ?? null), [activeRow, onRow]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another list begins at its first file; more of the same stays.
  useEffect(() => setActive(firstLeaf(rows)), [listed, filter, plan.planId, rows.length === 0]);
  useEffect(() => {
    if (listed === 'deletions' && filter === '' && found.complete) dispatch({ type: 'deletions-seen' });
  }, [listed, filter, found.complete, dispatch]);

  const tick = (row: TreeRow, on: boolean): void => {
    if (row.kind === 'folder' && !found.complete) {
      announce(t('list.stillReading'));
      return;
    }
    const entries = entriesBelow(root, row.path);
    dispatch(on ? { type: 'tick', paths: entries.map(({ path }) => path) } : { type: 'untick', entries });
  };

  return (
    <section className={previewStyles.pane} aria-label={t('list.label')}>
      <div className={previewStyles.paneBar}>
        <TextInput
          className={previewStyles.filter}
          aria-label={t('list.filter')}
          placeholder={t('list.filter')}
          leftSection={<IconSearch size={16} aria-hidden="true" />}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <Segmented<ListedChanges>
          label={t('list.which')}
          value={listed}
          onChange={onListed}
          options={[
            { value: 'changes', label: t('list.changes') },
            ...(tally.delete > 0 || listed === 'deletions'
              ? [{ value: 'deletions' as const, label: t('list.deletions') }]
              : []),
            { value: 'all', label: t('list.all') },
          ]}
        />
      </div>
      {stem !== '' && <div className={previewStyles.stem}>{shownName(stem)}</div>}
      {found.error !== null && <ErrorPanel error={found.error} />}
      <div className={previewStyles.paneBody}>
        {rows.length === 0 && found.complete ? (
          <p className={previewStyles.nothing}>
            {t(filter === '' ? `list.none.${listed}` : 'list.noneFound', { filter })}
          </p>
        ) : (
          <TreeList
            rows={shown}
            label={t('list.label')}
            active={Math.min(active, Math.max(0, rows.length - 1))}
            onActive={setActive}
            onOpen={({ row }) => setTurned((before) => before.symmetricDifference(new Set([row.path])))}
            onTick={({ row }, on) => tick(row, on)}
          >
            {({ row }) => <ChangeRow row={row} />}
          </TreeList>
        )}
      </div>
      {found.total !== null && !found.complete && (
        <div className={previewStyles.stem}>
          {t('list.partial', { shown: formatNumber(found.entries.length), total: formatNumber(found.total) })}
        </div>
      )}
    </section>
  );
}

function tickOf(row: TreeRow, unticked: Unticked, perFolder: ReadonlyMap<string, number>): TreeTick | null {
  if (row.kind === 'folder') return row.changes === 0 ? null : tickOfFolder(row, perFolder);
  return row.entry.action === 'same' ? null : unticked.has(row.path) ? 'off' : 'on';
}

/** A file that will be replaced where there is one, so that its diff is there without a click; else the first file. */
function firstLeaf(rows: readonly TreeRow[]): number {
  const leaf = (row: TreeRow, action?: PlanAction): boolean =>
    row.kind === 'leaf' && (action === undefined ? row.entry.action !== 'same' : row.entry.action === action);
  const replaced = rows.findIndex((row) => leaf(row, 'replace') && entryKind(row.name, 'file') === 'text');
  return Math.max(0, replaced >= 0 ? replaced : rows.findIndex((row) => leaf(row)));
}
