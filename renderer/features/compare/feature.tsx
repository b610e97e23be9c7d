import { defineFeature } from '../../state/feature.ts';
import { CompareView } from './compare-view.tsx';

export const feature = defineFeature({ wide: true, views: { compare: CompareView } });
