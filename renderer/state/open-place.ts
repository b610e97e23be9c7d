import type { AppEvent } from '../../shared/ipc/events.ts';
import { useStore } from './store.ts';

/** Where a notification or the tray leads to. */
export type Place = Extract<AppEvent, { type: 'open' }>['place'];

export function openPlace(place: Place): void {
  const state = useStore.getState();
  switch (place.kind) {
    case 'source':
      state.open({ name: 'main' });
      state.selectSource(place.sourceId);
      state.showDetails(true);
      return;
    case 'repository':
      state.open({ name: 'repositories', repositoryId: place.repositoryId });
      return;
    case 'run':
      state.open({ name: 'activity', runId: place.runId });
      return;
    case 'unlock':
      state.needPassword({ repositoryId: place.repositoryId, reason: '' });
      return;
    case 'settings':
      state.open({ name: 'settings' });
      return;
  }
}
