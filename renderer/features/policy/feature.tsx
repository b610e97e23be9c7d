import { defineFeature } from '../../state/feature.ts';
import { PolicyView } from './policy-view.tsx';

export const feature = defineFeature({ wide: true, views: { 'edit-policy': PolicyView } });
