import type { ReactNode } from 'react';
import classes from './ui.module.css';

/** A place with nothing in it yet: what would be here, and the way to it. */
export function EmptyState({
  icon,
  title,
  children,
  actions,
}: {
  readonly icon?: ReactNode;
  readonly title: ReactNode;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
}): ReactNode {
  return (
    <div className={classes.empty}>
      {icon}
      <h2>{title}</h2>
      {children !== undefined && <div>{children}</div>}
      {actions !== undefined && <div className={classes.emptyActions}>{actions}</div>}
    </div>
  );
}
