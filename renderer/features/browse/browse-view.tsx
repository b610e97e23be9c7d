import { Button, Loader } from '@mantine/core';
import { IconArrowBackUp, IconArrowUp, IconChevronRight, IconFolderOff } from '@tabler/icons-react';
import { type ReactNode, useCallback, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { joinSnapshotPath } from '../../../shared/domain/path-text.ts';
import type { TreeEntry } from '../../../shared/domain/snapshot.ts';
import { usePutBack } from '../../state/put-back.ts';
import { useStore } from '../../state/store.ts';
import type { ViewOf } from '../../state/view.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { formatNumber } from '../../ui/format/numbers.ts';
import { shownName } from '../../ui/format/quoted-name.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { breadcrumbs, parentOf } from './breadcrumbs.ts';
import classes from './browse.module.css';
import { EntryList } from './entry-list.tsx';
import { allEntries, entryAt as entryIn, isComplete, readCount } from './folder-pages.ts';
import { placeOf } from './places.ts';
import { Preview } from './preview.tsx';
import { nextSorting, type SortColumn, type Sorting, sortEntries } from './sort-entries.ts';
import { useFolder } from './use-folder.ts';
import { usePlaces } from './use-places.ts';
import { WhichSnapshot } from './which-snapshot.tsx';

const byName: Sorting = { column: 'name', descending: false };

/** The folders of a snapshot as they were, to look at, to save from, to put back. */
export function BrowseView({ view }: { readonly view: ViewOf<'browse'> }): ReactNode {
  const { t } = useTranslation('browse');
  const { open, back } = useStore();
  const putBack = usePutBack();
  const { snapshot, path } = view;
  const folder = useFolder(snapshot, path);
  const { pages, need } = folder;
  const [sorting, setSorting] = useState<Sorting | null>(null);
  const [active, setActive] = useState(0);
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const complete = isComplete(pages);
  const total = pages.total ?? 0;

  // A folder that came in one page is sorted at once; a longer one keeps its stored order until a sort is asked for.
  const wanted = sorting ?? (complete && pages.pages.size === 1 ? byName : null);
  const sorted = useMemo(
    () => (complete && wanted !== null ? sortEntries(allEntries(pages), wanted) : null),
    [complete, wanted, pages],
  );
  const entryAt = useCallback(
    (index: number) => (sorted === null ? entryIn(pages, index) : sorted[index]),
    [sorted, pages],
  );
  const onNeed = useCallback((index: number) => need(index, index), [need]);
  const sortingRead = sorting !== null && !complete && pages.total !== null;

  useEffect(() => {
    if (sortingRead) need(0, total);
  }, [sortingRead, need, total]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another folder begins at its top with nothing ticked.
  useEffect(() => {
    setActive(0);
    setTicked(new Set());
  }, [path, snapshot.snapshotId]);

  const places = usePlaces(snapshot, path, (start) => open({ name: 'browse', snapshot, path: start }));
  const here = placeOf(places, path);
  const go = (to: string): void => open({ name: 'browse', snapshot, path: to });
  const openEntry = (entry: TreeEntry): void => {
    if (entry.type === 'dir') go(joinSnapshotPath(path, entry.name));
  };
  const tick = (entry: TreeEntry): void => setTicked((before) => before.symmetricDifference(new Set([entry.name])));
  const tickAll = (): void => {
    const loaded = sorted ?? allEntries(pages);
    setTicked((before) => (before.size === loaded.length ? new Set() : new Set(loaded.map(({ name }) => name))));
  };
  const point = { ...snapshot, instant: null };
  const chosen = [...ticked].map((name) => joinSnapshotPath(path, name));
  const current = entryAt(active);

  return (
    <div className={classes.browse}>
      <header className={classes.head}>
        <WhichSnapshot snapshot={snapshot} />
        <Button variant="default" onClick={back}>
          {t('close')}
        </Button>
      </header>
      <nav className={classes.crumbs} aria-label={t('crumbs')}>
        <IconButton label={t('up')} shortcut="Alt+↑" onClick={() => go(parentOf(path))} disabled={path === '/'}>
          <IconArrowUp size={18} />
        </IconButton>
        <ol>
          {breadcrumbs(path).map((crumb, index, all) => (
            <li key={crumb.path}>
              {index > 1 && <IconChevronRight size={14} aria-hidden="true" />}
              <button
                type="button"
                className={classes.crumb}
                onClick={() => go(crumb.path)}
                {...(index === all.length - 1 ? { 'aria-current': 'location' as const } : {})}
              >
                {shownName(crumb.name)}
              </button>
            </li>
          ))}
        </ol>
      </nav>
      {places.length > 1 && (
        <nav className={classes.places} aria-label={t('places')}>
          <span>{t('places')}</span>
          {places.map((place) => (
            <button
              key={place}
              type="button"
              onClick={() => go(place)}
              {...(place === here ? { 'aria-current': 'true' as const } : {})}
            >
              {place}
            </button>
          ))}
        </nav>
      )}
      <div className={classes.panes}>
        <section className={classes.pane} aria-label={t('folder')}>
          {folder.error !== null ? (
            <ErrorPanel error={folder.error} onRetry={folder.retry} />
          ) : pages.total === null ? (
            <div className={classes.waiting}>
              <Loader size="sm" role="status" aria-label={t('reading')} />
            </div>
          ) : total === 0 ? (
            <EmptyState icon={<IconFolderOff size={32} stroke={1.4} aria-hidden="true" />} title={t('empty')} />
          ) : (
            <EntryList
              count={total}
              entryAt={entryAt}
              onNeed={onNeed}
              sorting={wanted}
              onSort={(column: SortColumn) => {
                setSorting(nextSorting(wanted, column));
                setActive(0);
              }}
              active={active}
              onActive={setActive}
              ticked={ticked}
              onTick={tick}
              onOpen={openEntry}
              onUp={() => path !== '/' && go(parentOf(path))}
              onTickAll={tickAll}
            />
          )}
          <footer className={classes.foot} aria-live="polite">
            <span>
              {sortingRead
                ? t('sortingRead', { read: formatNumber(readCount(pages)), total: formatNumber(total) })
                : ticked.size > 0
                  ? t('ticked', { count: ticked.size, n: formatNumber(ticked.size) })
                  : t('entries', { count: total, n: formatNumber(total) })}
            </span>
            {ticked.size > 0 && (
              <>
                <Button
                  variant="filled"
                  leftSection={<IconArrowBackUp size={17} aria-hidden="true" />}
                  onClick={() =>
                    putBack({
                      point,
                      selection: chosen,
                      name: ticked.size === 1 ? shownName([...ticked][0] ?? '') : t('several', { count: ticked.size }),
                    })
                  }
                >
                  {t('putBack')}
                </Button>
                <Button variant="default" onClick={() => open({ name: 'restore-wizard', point, selection: chosen })}>
                  {t('restore')}
                </Button>
              </>
            )}
          </footer>
        </section>
        {current !== undefined && (
          <Preview
            key={`${path}/${current.name}`}
            snapshot={snapshot}
            path={joinSnapshotPath(path, current.name)}
            entry={current}
          />
        )}
      </div>
    </div>
  );
}
