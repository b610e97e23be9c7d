import { Button } from '@mantine/core';
import { IconCircleCheck, IconCircleX, IconInfoCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { PlaceProbe } from '../../../shared/domain/repository.ts';
import { formatBytes } from '../../ui/format/bytes.ts';
import type { PlaceVerdict, PlaceWish } from './place-verdict.ts';
import classes from './repositories.module.css';

const icons = { good: IconCircleCheck, note: IconInfoCircle, bad: IconCircleX } as const;

type Follow = NonNullable<PlaceVerdict['instead']>;

/** What was found at a place, and what would lead on instead. A place on a server has no folder to be made inside it. */
export function Verdict(
  props: {
    readonly path: string;
    readonly probe: PlaceProbe;
    readonly verdict: PlaceVerdict;
  } & (
    | { readonly remote?: false; readonly onFollow: (instead: Follow) => void }
    | { readonly remote: true; readonly onFollow: (instead: PlaceWish) => void }
  ),
): ReactNode {
  const { path, probe, verdict } = props;
  const { t } = useTranslation('repositories');
  const Icon = icons[verdict.tone];
  const { instead } = verdict;
  const follow = (chosen: Follow): void => {
    if (props.remote !== true) props.onFollow(chosen);
    else if (chosen !== 'subfolder') props.onFollow(chosen);
  };
  return (
    <>
      <Icon size={18} data-tone={verdict.tone} aria-hidden="true" />
      <div>
        <div>
          {t(`place.found.${props.remote && verdict.words === 'createNew' ? 'createRemote' : verdict.words}`, { path })}
        </div>
        <div className={classes.quiet}>
          {[
            props.remote ? '' : probe.filesystem,
            probe.freeBytes === null ? '' : t('place.free', { free: formatBytes(probe.freeBytes) }),
            verdict.tone === 'good' ? '' : probe.explanation,
          ]
            .filter(Boolean)
            .join(' · ')}
        </div>
      </div>
      {instead !== null && !(props.remote && instead === 'subfolder') && (
        <Button variant="default" onClick={() => follow(instead)}>
          {t(`place.instead.${instead}`)}
        </Button>
      )}
    </>
  );
}
