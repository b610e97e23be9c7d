import type { ComponentType } from 'react';
import type { ViewName, ViewOf } from './view.ts';

/**
 * What a folder under features/ gives the window: `feature.tsx` exports one of these as `feature`, and the app finds it
 * there. Features never import each other; they lead to each other with `open(view)`.
 */
export interface Feature {
  readonly views: { readonly [N in ViewName]?: ComponentType<{ readonly view: ViewOf<N> }> };
  /** Whether its views take the whole middle and right side (a wizard); otherwise the details panel stays. */
  readonly wide: boolean;
}

export function defineFeature(feature: Feature): Feature {
  return feature;
}
