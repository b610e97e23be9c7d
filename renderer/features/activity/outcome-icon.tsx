import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleMinus,
  IconCircleX,
  IconClockPause,
  IconLoader2,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { RunView } from '../../../shared/ipc/runs.ts';
import classes from './activity.module.css';

/** How a run ended, as a sign. A backup that is done but weak is not a success. */
export function OutcomeIcon({ run, size = 17 }: { readonly run: RunView; readonly size?: number }): ReactNode {
  const [Icon, tone] = lookOf(run);
  return <Icon size={size} className={classes.icon} data-tone={tone} aria-hidden="true" />;
}

function lookOf({ kind, outcome, level }: RunView): [typeof IconCircleX, string] {
  switch (outcome) {
    case null:
      return [IconLoader2, 'running'];
    case 'done': {
      const weak = kind === 'backup' && (level === null || level === 'torn' || level === 'per-file');
      return weak ? [IconAlertTriangle, 'warn'] : [IconCircleCheck, 'ok'];
    }
    case 'failed':
    case 'interrupted':
      return [IconCircleX, 'bad'];
    case 'cancelled':
      return [IconCircleMinus, 'quiet'];
    case 'waiting':
      return [IconClockPause, 'warn'];
    case 'warnings':
      return [IconAlertTriangle, 'warn'];
  }
}
