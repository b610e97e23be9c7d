import type { ReactNode } from 'react';
import { ActivityView } from '../features/activity/activity-view.tsx';
import { RecentRestores } from '../features/restore/recent-restores.tsx';
import type { ViewOf } from '../state/view.ts';
import classes from './main-view.module.css';

/** Everything that ran, under the restores that can still be taken back. */
export function ActivityPage({ view }: { readonly view: ViewOf<'activity'> }): ReactNode {
  return (
    <div className={classes.main}>
      <RecentRestores />
      <ActivityView view={view} />
    </div>
  );
}
