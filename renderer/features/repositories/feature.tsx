import { defineFeature } from '../../state/feature.ts';
import { RepositoriesView } from './repositories-view.tsx';

export const feature = defineFeature({ wide: true, views: { repositories: RepositoriesView } });
