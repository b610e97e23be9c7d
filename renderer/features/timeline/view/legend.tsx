import { IconChevronDown, IconChevronUp } from '@tabler/icons-react';
import { type ReactNode, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { LevelMark } from '../../../ui/level-mark.tsx';
import { type ShownLevel, shownLevel } from '../../../ui/level-shape.ts';
import type { TimelineController } from '../control/controller.ts';
import { useSignal } from '../control/use-signal.ts';
import { itemKinds } from '../layout/item-kind.ts';
import classes from './legend.module.css';
import { OutcomeMark } from './outcome-mark.tsx';

const outcomes = ['missed', 'failed', 'interrupted', 'cancelled'] as const;

/** What the marks mean: those that occur, no others. */
export function Legend({ controller }: { readonly controller: TimelineController }): ReactNode {
  const { t } = useTranslation(['timeline', 'levels']);
  const [open, setOpen] = useState(false);
  const listId = useId();
  useSignal(controller.rowsChanged);
  const seen = new Set<number>();
  const levels = new Set<ShownLevel>();
  let [quiet, log, planned, windows, unverified, safety, pause] = [false, false, false, false, false, false, false];
  for (const { lane, ranks } of controller.lanes) {
    for (const rank of ranks) seen.add(rank);
    for (const mark of lane.snapshots) {
      levels.add(shownLevel(mark.level));
      unverified ||= !mark.verified;
      safety ||= mark.kind === 'safety';
      pause ||= mark.stallMs !== null;
    }
    quiet ||= lane.staticBands.length > 0;
    log ||= lane.logBands.length > 0;
    planned ||= lane.planned.length > 0;
    windows ||= lane.windows.length > 0;
  }
  const shownLevels = itemKinds.filter((kind): kind is ShownLevel => (levels as ReadonlySet<string>).has(kind));
  return (
    <div className={classes.frame}>
      <ul className={classes.legend} data-open={open} id={listId}>
        {shownLevels.map((level) => (
          <li key={level}>
            <LevelMark level={level} size={11} /> {t(`levels:${level}.label`)}
          </li>
        ))}
        {outcomes
          .filter((kind) => seen.has(itemKinds.indexOf(kind)))
          .map((kind) => (
            <li key={kind}>
              <OutcomeMark kind={kind} /> {t(`outcome.${kind}`)}
            </li>
          ))}
        {pause && (
          <li>
            <span className={classes.tick} /> {t('legend.pause')}
          </li>
        )}
        {quiet && (
          <li>
            <span className={classes.quiet} /> {t('legend.quiet')}
          </li>
        )}
        {log && (
          <li>
            <span className={classes.log} /> {t('legend.log')}
          </li>
        )}
        {planned && (
          <li>
            <span className={classes.planned} /> {t('legend.planned')}
          </li>
        )}
        {windows && (
          <li>
            <span className={classes.window} /> {t('legend.window')}
          </li>
        )}
        {unverified && (
          <li>
            <span className={classes.dot} /> {t('legend.unverified')}
          </li>
        )}
        {safety && (
          <li>
            <span className={classes.safety}>[ ]</span> {t('legend.safety')}
          </li>
        )}
      </ul>
      <button
        type="button"
        className={classes.toggle}
        aria-expanded={open}
        aria-controls={listId}
        onClick={() => setOpen(!open)}
      >
        {t('legend.title')}
        {open ? <IconChevronUp size={15} aria-hidden="true" /> : <IconChevronDown size={15} aria-hidden="true" />}
      </button>
    </div>
  );
}
