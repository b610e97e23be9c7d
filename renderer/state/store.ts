import { create } from 'zustand';
import { type AlertsSlice, createAlertsSlice } from './alerts-slice.ts';
import { type AppSlice, createAppSlice } from './app-slice.ts';
import { type CommandSlice, createCommandSlice } from './command-slice.ts';
import { createPasswordSlice, type PasswordSlice } from './password-slice.ts';
import { createRepositoriesSlice, type RepositoriesSlice } from './repositories-slice.ts';
import { createRunsSlice, type RunsSlice } from './runs-slice.ts';
import { createScheduleSlice, type ScheduleSlice } from './schedule-slice.ts';
import { createSelectionSlice, type SelectionSlice } from './selection-slice.ts';
import { createSettingsSlice, type SettingsSlice } from './settings-slice.ts';
import { createSourcesSlice, type SourcesSlice } from './sources-slice.ts';
import { createTimelineSlice, type TimelineSlice } from './timeline-slice.ts';
import { createViewSlice, type ViewSlice } from './view-slice.ts';

export type AppState = ViewSlice &
  AppSlice &
  SourcesSlice &
  RepositoriesSlice &
  TimelineSlice &
  RunsSlice &
  SettingsSlice &
  ScheduleSlice &
  AlertsSlice &
  SelectionSlice &
  PasswordSlice &
  CommandSlice;

/** The one store. Components read it with a selector: `useStore((state) => state.sources)`. */
export const useStore = create<AppState>()((...a) => ({
  ...createViewSlice(...a),
  ...createAppSlice(...a),
  ...createSourcesSlice(...a),
  ...createRepositoriesSlice(...a),
  ...createTimelineSlice(...a),
  ...createRunsSlice(...a),
  ...createSettingsSlice(...a),
  ...createScheduleSlice(...a),
  ...createAlertsSlice(...a),
  ...createSelectionSlice(...a),
  ...createPasswordSlice(...a),
  ...createCommandSlice(...a),
}));
