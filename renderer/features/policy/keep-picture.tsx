import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { placeOf, scaleOf } from './keep-picture-layout.ts';
import classes from './policy.module.css';

const day = 86_400_000;

/** Kept snapshots as tall ticks, those that go as short ones below the line; the younger the more room. */
export function KeepPicture({
  now,
  snapshots,
}: {
  readonly now: number;
  readonly snapshots: readonly { readonly at: number; readonly keep: boolean }[];
}): ReactNode {
  const { t } = useTranslation('policy');
  const oldest = snapshots.reduce((most, { at }) => Math.max(most, now - at), 2 * day) * 1.05;
  const kept = snapshots.filter(({ keep }) => keep).length;
  const percent = (share: number): string => `${(share * 100).toFixed(2)}%`;
  return (
    <div
      className={classes.picture}
      role="img"
      aria-label={t('picture.label', { kept, going: snapshots.length - kept })}
    >
      <svg width="100%" height="46" aria-hidden="true">
        <line x1="0" x2="100%" y1="24" y2="24" className={classes.pictureLine} />
        {snapshots.map(({ at, keep }, index) => {
          const x = percent(placeOf(now - at, oldest));
          return keep ? (
            // biome-ignore lint/suspicious/noArrayIndexKey: ticks are redrawn as a whole.
            <line key={index} x1={x} x2={x} y1="6" y2="24" className={classes.pictureKept} />
          ) : (
            // biome-ignore lint/suspicious/noArrayIndexKey: ticks are redrawn as a whole.
            <line key={index} x1={x} x2={x} y1="27" y2="38" className={classes.pictureGoing} />
          );
        })}
      </svg>
      <div className={classes.pictureScale} aria-hidden="true">
        {scaleOf(oldest).map(({ name, at }) => (
          <span key={name} style={{ insetInlineStart: percent(at) }}>
            {t(`picture.${name}`)}
          </span>
        ))}
        <span style={{ insetInlineEnd: 0 }}>{t('picture.now')}</span>
      </div>
      <div className={classes.pictureLegend} aria-hidden="true">
        <span data-kind="kept">{t('picture.kept')}</span>
        {kept < snapshots.length && <span data-kind="going">{t('picture.going')}</span>}
      </div>
    </div>
  );
}
