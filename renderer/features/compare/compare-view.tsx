import { Button, Loader, TextInput } from '@mantine/core';
import { IconArrowsExchange, IconEqual, IconSearch } from '@tabler/icons-react';
import { type ReactNode, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from '../../state/store.ts';
import type { SnapshotRef, ViewOf } from '../../state/view.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { formatBytes } from '../../ui/format/bytes.ts';
import { formatNumber } from '../../ui/format/numbers.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { VirtualList } from '../../ui/virtual-list.tsx';
import { ChangeRow } from './change-row.tsx';
import { ChangedFile } from './changed-file.tsx';
import classes from './compare.module.css';
import { type ChangeTotals, filterChanges, type ShownKind, totalsOf } from './compare-sides.ts';
import { SidePicker } from './side-picker.tsx';
import { type OtherSide, useChanges } from './use-changes.ts';
import { useMoments } from './use-moments.ts';

/** Two moments of a source side by side: what came, what went, what changed, with sizes and the text itself. */
export function CompareView({ view }: { readonly view: ViewOf<'compare'> }): ReactNode {
  const { t } = useTranslation('compare');
  const { open, back } = useStore();
  const { before } = view;
  const { name, moments, hasNow } = useMoments(before);
  const [withNow, setWithNow] = useState(false);
  const [kind, setKind] = useState<ShownKind>('all');
  const [typed, setTyped] = useState('');
  const [active, setActive] = useState(0);
  const after: OtherSide | null =
    view.after !== null ? { kind: 'snapshot', snapshot: view.after } : withNow ? { kind: 'now' } : null;
  const found = useChanges(before, after);
  const totals = useMemo(() => totalsOf(found.changes), [found.changes]);
  const shown = useMemo(() => filterChanges(found.changes, kind, typed), [found.changes, kind, typed]);
  const current = shown[Math.min(active, shown.length - 1)];

  const choose = (side: SnapshotRef | 'now'): void => {
    setWithNow(side === 'now');
    setActive(0);
    open({ name: 'compare', before, after: side === 'now' ? null : side });
  };
  const swap = (): void => {
    if (view.after !== null) open({ name: 'compare', before: view.after, after: before });
  };

  return (
    <div className={classes.compare}>
      <header className={classes.head}>
        <h1>{t('title', { name })}</h1>
        <Button variant="default" onClick={back}>
          {t('close')}
        </Button>
      </header>
      <div className={classes.sides}>
        <SidePicker
          label={t('before')}
          moments={moments}
          value={before}
          allowNow={false}
          onChange={(side) => side !== 'now' && open({ name: 'compare', before: side, after: view.after })}
        />
        <IconButton label={t('swap')} onClick={swap} disabled={view.after === null}>
          <IconArrowsExchange size={18} />
        </IconButton>
        <SidePicker
          label={t('after')}
          moments={moments}
          value={view.after ?? (withNow ? 'now' : null)}
          allowNow={hasNow}
          onChange={choose}
        />
      </div>
      {found.error !== null && <ErrorPanel error={found.error} onRetry={found.reload} />}
      {after === null ? (
        <EmptyState
          icon={<IconArrowsExchange size={34} stroke={1.4} aria-hidden="true" />}
          title={t('with')}
          actions={
            hasNow && (
              <Button variant="filled" onClick={() => choose('now')}>
                {t('withNow')}
              </Button>
            )
          }
        >
          {t('withLine')}
        </EmptyState>
      ) : found.total === null ? (
        found.error === null && (
          <div className={classes.waiting} role="status">
            <Loader size="sm" aria-hidden="true" /> {t('working')}
          </div>
        )
      ) : found.total === 0 ? (
        <EmptyState icon={<IconEqual size={34} stroke={1.4} aria-hidden="true" />} title={t('equal')} />
      ) : (
        <>
          <Totals totals={totals} complete={found.complete} total={found.total} />
          <div className={classes.panes}>
            <section className={classes.pane} aria-label={t('list')}>
              <div className={classes.bar}>
                <TextInput
                  className={classes.filter ?? ''}
                  aria-label={t('filter')}
                  placeholder={t('filter')}
                  leftSection={<IconSearch size={16} aria-hidden="true" />}
                  value={typed}
                  onChange={(event) => {
                    setTyped(event.currentTarget.value);
                    setActive(0);
                  }}
                />
                <Segmented<ShownKind>
                  label={t('which')}
                  value={kind}
                  onChange={(next) => {
                    setKind(next);
                    setActive(0);
                  }}
                  options={(['all', 'added', 'removed', 'changed'] as const).map((value) => ({
                    value,
                    label: t(`kind.${value}`),
                  }))}
                />
              </div>
              <div className={classes.rows}>
                {shown.length === 0 ? (
                  <p className={classes.nothing}>{t('noneShown')}</p>
                ) : (
                  <VirtualList
                    items={shown}
                    rowHeight={50}
                    label={t('list')}
                    getKey={({ path }) => path}
                    activeIndex={Math.min(active, shown.length - 1)}
                    onActiveIndexChange={setActive}
                    renderRow={(change) => <ChangeRow change={change} />}
                  />
                )}
              </div>
            </section>
            {current !== undefined && (
              <ChangedFile key={current.path} change={current} before={before} after={after} planId={found.planId} />
            )}
          </div>
        </>
      )}
    </div>
  );
}

function Totals({
  totals,
  complete,
  total,
}: {
  readonly totals: ChangeTotals;
  readonly complete: boolean;
  readonly total: number;
}): ReactNode {
  const { t } = useTranslation('compare');
  const parts = (['added', 'removed', 'changed', 'metadata'] as const).filter((part) => totals[part] > 0);
  const sign = totals.grown >= 0 ? '+' : '−';
  return (
    <p className={classes.totals} aria-live="polite">
      {parts.map((part) => (
        <span key={part} data-kind={part}>
          <strong>{formatNumber(totals[part])}</strong> {t(`total.${part}`, { count: totals[part] })}
        </span>
      ))}
      <span className={classes.quiet}>{t('grown', { size: `${sign}${formatBytes(Math.abs(totals.grown))}` })}</span>
      {!complete && <span className={classes.quiet}>{t('more', { total: formatNumber(total) })}</span>}
    </p>
  );
}
