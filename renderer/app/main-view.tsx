import type { ReactNode } from 'react';
import { Timeline } from '../features/timeline/timeline.tsx';
import classes from './main-view.module.css';

/** The main view: one line that says how things are, what runs, the timeline, and what needs attention. */
export function MainView(): ReactNode {
  return (
    <div className={classes.main}>
      <Timeline />
    </div>
  );
}
