import { defineFeature } from '../../state/feature.ts';
import { RestoreWizard } from './restore-wizard.tsx';

export const feature = defineFeature({ wide: true, views: { 'restore-wizard': RestoreWizard } });
