import { Button, Radio, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconFolder } from '@tabler/icons-react';
import { type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { PlaceProbe } from '../../../shared/domain/repository.ts';
import { ask } from '../../state/ask.ts';
import { useAnswer } from '../../state/use-answer.ts';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { formatBytes } from '../../ui/format/bytes.ts';
import { Notice } from '../../ui/notice.tsx';
import { judgePlace, onSameFilesystem, type PlaceVerdict, type PlaceWish, suggestedFolder } from './place-verdict.ts';
import classes from './repositories.module.css';
import { Verdict } from './verdict.tsx';

export interface ChosenPlace {
  readonly path: string;
  readonly probe: PlaceProbe;
  /** What it can be used for, which may differ from what was wished for. */
  readonly wish: PlaceWish;
}

/** A place for a repository, or the place of one: external disks first, then any folder; what is there, in words. */
export function PlaceChooser({
  wish,
  mayCreate = true,
  sourceMountPoint,
  onWish,
  onChange,
}: {
  readonly wish: PlaceWish;
  /** Whether a place without a repository may get one, where one is looked for. */
  readonly mayCreate?: boolean;
  /** Where the source lies, to warn of one disk for both; null when there is no source yet. */
  readonly sourceMountPoint: string | null;
  /** The user follows an offer: use what is there, or make a new one. */
  readonly onWish: (wish: PlaceWish) => void;
  /** Null while the place cannot be used. */
  readonly onChange: (place: ChosenPlace | null) => void;
}): ReactNode {
  const { t } = useTranslation('repositories');
  const places = useAnswer('app.places', {});
  const disks = places.value?.disks ?? [];
  const [choice, setChoice] = useState<string | null>(null);
  const [folder, setFolder] = useState('');
  const folderTitle = t(disks.length > 0 ? 'place.folder' : 'place.onlyFolder');
  const diskPath = choice === null || choice === 'folder' ? null : choice;
  const [asked] = useDebouncedValue(
    diskPath === null ? folder : suggestedFolder(diskPath),
    diskPath === null ? 300 : 0,
  );
  const location = asked.startsWith('/') ? { kind: 'local' as const, path: asked } : null;
  const probe = useAnswer('repositories.probe', location === null ? null : { location });
  // An old repository may lie in the root of its disk; there it is found as well.
  const rootLocation = { kind: 'local' as const, path: diskPath ?? '' };
  const tryRoot = wish === 'adopt' && diskPath !== null && probe.value !== null && probe.value.state !== 'repository';
  const atRoot = useAnswer('repositories.probe', tryRoot ? { location: rootLocation } : null);
  const inRoot = tryRoot && atRoot.value?.state === 'repository';
  const found = probe.loading || atRoot.loading ? null : inRoot ? atRoot.value : probe.value;
  const path = inRoot && diskPath !== null ? diskPath : asked;
  const verdict = found === null ? null : judgePlace(found, wish);

  // The first external disk is chosen without a click; a folder where there is none.
  const first = disks[0]?.path ?? (places.value === null ? null : 'folder');
  useEffect(() => setChoice((before) => before ?? first), [first]);
  useEffect(() => {
    onChange(found !== null && verdict?.usable === true ? { path, probe: found, wish } : null);
  }, [found, verdict?.usable, path, wish, onChange]);

  const pick = async (): Promise<void> => {
    const startAt = folder.startsWith('/') ? { startAt: folder } : {};
    const picked = await ask('app.pickFolder', { title: t(`place.pickTitle.${wish}`), ...startAt });
    if (picked.path === null) return;
    setChoice('folder');
    setFolder(picked.path);
  };
  const follow = (instead: NonNullable<PlaceVerdict['instead']>): void => {
    if (instead !== 'subfolder') {
      onWish(instead);
      return;
    }
    setChoice('folder');
    setFolder(suggestedFolder(path));
  };

  return (
    <div className={classes.places}>
      <Radio.Group aria-label={t('place.title')} value={choice ?? ''} onChange={setChoice}>
        <div className={classes.placeList}>
          {disks.map((disk) => (
            <Radio.Card key={disk.path} value={disk.path} className={classes.place} aria-label={disk.label}>
              <Radio.Indicator />
              <span>
                <strong>{disk.label === '' ? disk.path : disk.label}</strong>
                <span className={classes.quiet}>
                  {t(disk.removable ? 'place.external' : 'place.disk', {
                    filesystem: disk.filesystem,
                    free: formatBytes(disk.freeBytes),
                    total: formatBytes(disk.totalBytes),
                  })}
                </span>
              </span>
            </Radio.Card>
          ))}
          <Radio.Card value="folder" className={classes.place} aria-label={folderTitle}>
            <Radio.Indicator />
            <span>
              <strong>{folderTitle}</strong>
              <span className={classes.quiet}>{t('place.folderLine')}</span>
            </span>
          </Radio.Card>
        </div>
      </Radio.Group>
      {choice === 'folder' && (
        <div className={classes.pathRow}>
          <TextInput
            label={t('place.path')}
            leftSection={<IconFolder size={17} aria-hidden="true" />}
            value={folder}
            onChange={(event) => setFolder(event.currentTarget.value)}
            error={folder !== '' && !folder.startsWith('/') ? t('place.absolute') : null}
            spellCheck={false}
          />
          <Button variant="default" onClick={() => void pick()}>
            {t('place.pick')}
          </Button>
        </div>
      )}
      {probe.error !== null && <ErrorPanel error={probe.error} onRetry={probe.reload} />}
      <div aria-live="polite" className={classes.verdict}>
        {location !== null && probe.loading && <span className={classes.quiet}>{t('place.looking')}</span>}
        {found !== null && verdict !== null && (
          <Verdict
            path={path}
            probe={found}
            verdict={mayCreate || verdict.instead !== 'create' ? verdict : { ...verdict, instead: null }}
            onFollow={follow}
          />
        )}
      </div>
      {found !== null &&
        verdict?.usable === true &&
        sourceMountPoint !== null &&
        onSameFilesystem(found, { mountPoint: sourceMountPoint }) && (
          <Notice tone="warn" title={t('place.sameDisk')}>
            {t('place.sameDiskLine')}
          </Notice>
        )}
    </div>
  );
}
