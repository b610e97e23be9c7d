import { defineFeature } from '../../state/feature.ts';
import { AddSourceView } from './add-source-view.tsx';

export const feature = defineFeature({
  wide: true,
  views: { 'add-source': AddSourceView, 'edit-source': AddSourceView },
});
