import type { StateCreator } from 'zustand';
import type { AppState } from './store.ts';

/** One part of the one store: its data and the actions that change it. */
export type Slice<S> = StateCreator<AppState, [], [], S>;
