import { defineFeature } from '../../state/feature.ts';
import { SearchView } from './search-view.tsx';

export const feature = defineFeature({ wide: true, views: { search: SearchView } });
