import { IconAlertTriangle, IconCircleCheck, IconCircleX, IconInfoCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './ui.module.css';

export type Tone = 'info' | 'ok' | 'warn' | 'bad';

const icons = { info: IconInfoCircle, ok: IconCircleCheck, warn: IconAlertTriangle, bad: IconCircleX } as const;

/** What happened, what it means, what to do: said in place, with the button for it. */
export function Notice({
  tone,
  title,
  children,
  actions,
  live = false,
}: {
  readonly tone: Tone;
  readonly title: ReactNode;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
  /** Read out when it appears. */
  readonly live?: boolean;
}): ReactNode {
  const Icon = icons[tone];
  return (
    <div className={classes.notice} data-tone={tone} {...(live ? { role: tone === 'bad' ? 'alert' : 'status' } : {})}>
      <Icon size={18} className={classes.noticeIcon} aria-hidden="true" />
      <div className={classes.noticeText}>
        <strong>{title}</strong> {children}
      </div>
      {actions !== undefined && <div className={classes.noticeActions}>{actions}</div>}
    </div>
  );
}
