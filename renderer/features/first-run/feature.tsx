import { defineFeature } from '../../state/feature.ts';
import { FirstRunView } from './first-run-view.tsx';

export const feature = defineFeature({ wide: true, views: { 'first-run': FirstRunView } });
