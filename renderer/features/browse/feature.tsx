import { defineFeature } from '../../state/feature.ts';
import { BrowseView } from './browse-view.tsx';

export const feature = defineFeature({ wide: true, views: { browse: BrowseView } });
