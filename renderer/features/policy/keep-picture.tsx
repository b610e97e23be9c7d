import { Fragment, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { formatNumber } from '../../ui/format/numbers.ts';
import { type DrawnSnapshot, type KeepLane, keepLanes } from './keep-lanes.ts';
import { placeOf, scaleOf } from './keep-picture-layout.ts';
import classes from './policy.module.css';

const day = 86_400_000;

/** What each rule keeps, and what goes: one row each over one line of time; the younger the more room. */
export function KeepPicture({
  now,
  snapshots,
  reach,
}: {
  readonly now: number;
  readonly snapshots: readonly DrawnSnapshot[];
  /** How far back a row goes, in words, from its oldest instant. */
  readonly reach: (oldest: number) => string;
}): ReactNode {
  const { t } = useTranslation('policy');
  const oldest = snapshots.reduce((most, { at }) => Math.max(most, now - at), 2 * day) * 1.05;
  const lanes = keepLanes(snapshots);
  const kept = lanes.filter(({ keeps }) => keeps);
  const severalTimes =
    kept.reduce((sum, { times }) => sum + times.length, 0) > snapshots.filter(({ keep }) => keep).length;
  return (
    <div className={classes.picture}>
      <div className={classes.pictureRows}>
        {lanes.map((lane) => (
          <Fragment key={lane.name}>
            <span className={classes.pictureCount} data-going={!lane.keeps}>
              {formatNumber(lane.times.length)}
            </span>
            <span className={classes.pictureName} data-going={!lane.keeps}>
              {t(`picture.lane.${lane.name}`)}
            </span>
            <Ticks lane={lane} place={(at) => placeOf(now - at, oldest)} />
            <span className={classes.pictureReach}>{lane.keeps && reach(Math.min(...lane.times))}</span>
          </Fragment>
        ))}
        <div className={classes.pictureScale} aria-hidden="true">
          {scaleOf(oldest).map(({ name, at }) => (
            <span key={name} style={{ insetInlineStart: percent(at) }}>
              {t(`picture.${name}`)}
            </span>
          ))}
          <span style={{ insetInlineEnd: 0 }}>{t('picture.now')}</span>
        </div>
      </div>
      {severalTimes && <p className={classes.quiet}>{t('picture.several')}</p>}
    </div>
  );
}

function Ticks({ lane, place }: { readonly lane: KeepLane; readonly place: (at: number) => number }): ReactNode {
  return (
    <svg width="100%" height="18" aria-hidden="true" className={classes.pictureTicks} data-going={!lane.keeps}>
      <line x1="0" x2="100%" y1="17.5" y2="17.5" className={classes.pictureLine} />
      {lane.times.map((at) => {
        const x = percent(place(at));
        return <line key={at} x1={x} x2={x} y1={lane.keeps ? 3 : 8} y2="17" className={classes.pictureTick} />;
      })}
    </svg>
  );
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)}%`;
}
