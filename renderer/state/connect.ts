import type { AppEvent } from '../../shared/ipc/events.ts';
import { subscribe } from '../api/subscribe.ts';
import { openPlace } from './open-place.ts';
import { useStore } from './store.ts';

type Topic = Extract<AppEvent, { type: 'changed' }>['topics'][number];

/** Loads what every view needs, then keeps it fresh by main's events. Throws `StillpointError` when main does not answer. */
export async function connect(): Promise<() => void> {
  const stop = subscribe(handleEvent);
  try {
    await Promise.all([useStore.getState().refreshSettings(), useStore.getState().refreshInfo()]);
    await refreshAll();
  } catch (error) {
    stop();
    throw error;
  }
  return stop;
}

export async function refreshAll(): Promise<void> {
  const state = useStore.getState();
  await Promise.all([
    state.refreshSources(),
    state.refreshRepositories(),
    state.refreshTimeline(),
    state.refreshRuns(),
    // Nothing that is shown of backups waits for it.
    state.refreshSchedule().catch(reportStale),
  ]);
}

function handleEvent(event: AppEvent): void {
  const state = useStore.getState();
  switch (event.type) {
    case 'changed':
      for (const topic of event.topics) void refreshTopic(topic)?.catch(reportStale);
      return;
    case 'run':
      state.runChanged(event.run);
      return;
    case 'measuring':
      state.measuringChanged(event.repositoryId, event.done, event.total);
      return;
    case 'helper':
      state.setHelper(event.helper);
      return;
    case 'open':
      openPlace(event.place);
      return;
    case 'password-needed':
      state.needPassword({ repositoryId: event.repositoryId, reason: event.reason });
      return;
    case 'command':
      state.give(event.command);
      return;
  }
}

function refreshTopic(topic: Topic): Promise<void> | undefined {
  const state = useStore.getState();
  switch (topic) {
    case 'sources':
      return state.refreshSources();
    case 'repositories':
      return state.refreshRepositories();
    case 'timeline':
      return state.refreshTimeline();
    case 'runs':
      return state.refreshRuns();
    case 'settings':
      return state.refreshSettings();
    case 'schedule':
      return Promise.all([state.refreshSchedule(), state.refreshSources()]).then(() => undefined);
    case 'alerts':
      return state.refreshAlerts();
    case 'undoable':
      return undefined;
  }
}

/** What is shown stays; the next event asks again. */
function reportStale(error: unknown): void {
  console.warn('could not refresh', error);
}
