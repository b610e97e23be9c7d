import { Button, Loader } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconArrowBackUp, IconDownload, IconFolderOpen, IconSearch, IconSearchOff } from '@tabler/icons-react';
import { type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { snapshotPathName } from '../../../shared/domain/path-text.ts';
import { ask } from '../../state/ask.ts';
import { usePutBack } from '../../state/put-back.ts';
import { useStore } from '../../state/store.ts';
import { useAnswer } from '../../state/use-answer.ts';
import type { ViewOf } from '../../state/view.ts';
import { announce } from '../../ui/announce.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { formatNumber } from '../../ui/format/numbers.ts';
import { shownName } from '../../ui/format/quoted-name.ts';
import { Notice } from '../../ui/notice.tsx';
import { VirtualList } from '../../ui/virtual-list.tsx';
import { type Hit, HitRow } from './hit-row.tsx';
import { useSearchParts } from './parts.ts';
import classes from './search.module.css';

/** More hits than this are not looked at one by one: the words are told to be more. */
const mostHits = 200;

/** Files by name, over all snapshots of all sources, as one types; each hit with its versions. */
export function SearchView({ view }: { readonly view: ViewOf<'search'> }): ReactNode {
  const { t } = useTranslation('search');
  const back = useStore((state) => state.back);
  const text = view.text.trim();
  const [settled] = useDebouncedValue(text, 120);
  const answer = useAnswer('search.files', settled === '' ? null : { text: settled, limit: mostHits });
  const [active, setActive] = useState(0);
  const hits = answer.value?.hits ?? [];
  const hit = hits[Math.min(active, hits.length - 1)];

  // biome-ignore lint/correctness/useExhaustiveDependencies: other words begin at the first hit.
  useEffect(() => setActive(0), [settled]);
  useEffect(() => {
    if (answer.value !== null) announce(t('found', { count: hits.length, n: formatNumber(hits.length) }));
  }, [answer.value, hits.length, t]);

  return (
    <div className={classes.search}>
      <header className={classes.head}>
        <div>
          <h1>{text === '' ? t('title') : t('titleFor', { text })}</h1>
          <p className={classes.quiet}>
            {answer.value === null
              ? t('line')
              : hits.length >= mostHits
                ? t('first', { n: formatNumber(mostHits) })
                : t('found', { count: hits.length, n: formatNumber(hits.length) })}
          </p>
        </div>
        <Button variant="default" onClick={back}>
          {t('close')}
        </Button>
      </header>
      {answer.value?.complete === false && (
        <Notice tone="info" title={t('incomplete')}>
          {t('incompleteLine')}
        </Notice>
      )}
      {answer.error !== null && <ErrorPanel error={answer.error} onRetry={answer.reload} />}
      {text === '' ? (
        <EmptyState icon={<IconSearch size={34} stroke={1.4} aria-hidden="true" />} title={t('type')}>
          {t('typeLine')}
        </EmptyState>
      ) : answer.value === null ? (
        answer.error === null && <Loader size="sm" role="status" aria-label={t('looking')} />
      ) : hits.length === 0 ? (
        <EmptyState icon={<IconSearchOff size={34} stroke={1.4} aria-hidden="true" />} title={t('none', { text })}>
          {t(answer.value.complete ? 'noneLine' : 'noneYetLine')}
        </EmptyState>
      ) : (
        <div className={classes.panes} aria-busy={answer.loading}>
          <section className={`${classes.pane} ${classes.hits}`} aria-label={t('hits')}>
            <VirtualList
              items={hits}
              rowHeight={56}
              label={t('hits')}
              getKey={(found) => `${found.latest.repositoryId} ${found.path}`}
              activeIndex={Math.min(active, hits.length - 1)}
              onActiveIndexChange={setActive}
              onActivate={(found) => openFolder(found)}
              renderRow={(found) => <HitRow hit={found} typed={settled} />}
            />
          </section>
          {hit !== undefined && <HitDetail key={`${hit.latest.repositoryId} ${hit.path}`} hit={hit} />}
        </div>
      )}
    </div>
  );
}

function openFolder(hit: Hit): void {
  const folder = hit.type === 'dir' ? hit.path : hit.path.slice(0, hit.path.lastIndexOf('/')) || '/';
  const { repositoryId, id: snapshotId } = hit.latest;
  useStore.getState().open({ name: 'browse', snapshot: { repositoryId, snapshotId }, path: folder });
}

function HitDetail({ hit }: { readonly hit: Hit }): ReactNode {
  const { t } = useTranslation('search');
  const putBack = usePutBack();
  const { FileVersions } = useSearchParts();
  const name = shownName(snapshotPathName(hit.path));
  const snapshot = { repositoryId: hit.latest.repositoryId, snapshotId: hit.latest.id };
  const save = (): void => {
    ask('snapshots.saveFileAs', { ...snapshot, path: hit.path }).then(
      ({ path }) => path !== null && announce(t('saved', { path })),
      () => announce(t('notSaved')),
    );
  };
  return (
    <aside className={classes.pane} aria-label={name}>
      <div className={classes.detailHead}>
        <h2>{name}</h2>
        <p className={classes.quiet}>{shownName(hit.path)}</p>
        <div className={classes.actions}>
          <Button
            variant="filled"
            leftSection={<IconArrowBackUp size={17} aria-hidden="true" />}
            onClick={() => putBack({ point: { ...snapshot, instant: null }, selection: [hit.path], name })}
          >
            {t('putBackNewest')}
          </Button>
          <Button
            variant="default"
            leftSection={<IconFolderOpen size={17} aria-hidden="true" />}
            onClick={() => openFolder(hit)}
          >
            {t('openFolder')}
          </Button>
          {hit.type === 'file' && (
            <Button variant="default" leftSection={<IconDownload size={17} aria-hidden="true" />} onClick={save}>
              {t('saveAs')}
            </Button>
          )}
        </div>
      </div>
      <div className={classes.detailBody}>
        <h3>{t('versions')}</h3>
        <FileVersions path={hit.path} repositoryId={hit.latest.repositoryId} current={null} />
      </div>
    </aside>
  );
}
