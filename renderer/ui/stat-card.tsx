import type { ReactNode } from 'react';
import classes from './ui.module.css';

/** One figure and what it counts. */
export function StatCard({
  value,
  label,
  tone = 'plain',
}: {
  readonly value: ReactNode;
  readonly label: ReactNode;
  readonly tone?: 'plain' | 'accent' | 'ok' | 'warn' | 'bad';
}): ReactNode {
  return (
    <div className={classes.statCard}>
      <div className={classes.statValue}>{value}</div>
      <div className={classes.statLabel} data-tone={tone}>
        {label}
      </div>
    </div>
  );
}
