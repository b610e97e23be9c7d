import { defineFeature } from '../../state/feature.ts';
import { RepositoryPage } from './page/repository-page.tsx';
import { RepositoriesView } from './repositories-view.tsx';

export const feature = defineFeature({
  wide: true,
  views: { repositories: RepositoriesView, repository: RepositoryPage },
});
