import type { ComponentType } from 'react';
import type { Feature } from '../state/feature.ts';
import type { View, ViewName } from '../state/view.ts';
import { ActivityPage } from './activity-page.tsx';

/** A folder under features/ with a `feature.tsx` is part of the window. */
const modules = import.meta.glob<{ readonly feature: Feature }>('../features/*/feature.tsx', { eager: true });

interface ShownView {
  readonly component: ComponentType<{ readonly view: View }>;
  readonly wide: boolean;
}

const byName = new Map<ViewName, ShownView>();
for (const { feature } of Object.values(modules)) {
  for (const [name, component] of Object.entries(feature.views)) {
    // A view is only ever given to the component registered under its own name.
    byName.set(name as ViewName, { component: component as ShownView['component'], wide: feature.wide });
  }
}

// Activity also lists what can be taken back, which is the restore task's.
byName.set('activity', { component: ActivityPage as ShownView['component'], wide: true });

/** Undefined for the main view, which the app composes itself, and for views no feature draws. */
export function viewFor(name: ViewName): ShownView | undefined {
  return byName.get(name);
}
