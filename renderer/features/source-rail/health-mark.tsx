import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleX,
  IconClockExclamation,
  IconLoader2,
  IconPlugConnectedX,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { Health } from '../../../shared/ipc/sources.ts';
import classes from './source-rail.module.css';

const icons = {
  safe: IconCircleCheck,
  new: IconCircleDashed,
  running: IconLoader2,
  waiting: IconPlugConnectedX,
  late: IconClockExclamation,
  weaker: IconAlertTriangle,
  failed: IconCircleX,
} as const satisfies Record<Health, typeof IconCircleCheck>;

/** Shape and colour of a source's health; the words beside it say the same. */
export function HealthMark({ health, size = 18 }: { readonly health: Health; readonly size?: number }): ReactNode {
  const Icon = icons[health];
  return <Icon size={size} stroke={1.8} className={classes.health} data-health={health} aria-hidden="true" />;
}
