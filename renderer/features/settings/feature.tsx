import { defineFeature } from '../../state/feature.ts';
import { SettingsView } from './settings-view.tsx';

export const feature = defineFeature({ wide: true, views: { settings: SettingsView } });
