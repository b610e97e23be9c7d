import { useEffect } from 'react';
import type { SourceId } from '../../shared/domain/ids.ts';
import type { MenuCommand } from '../state/command-slice.ts';
import { refreshAll } from '../state/connect.ts';
import { useStore } from '../state/store.ts';
import { searchBoxId } from './frame/search-box.tsx';

/** The keys of the window, and the same commands from the menu and the tray. */
export function useShortcuts(backUp: (sourceId: SourceId) => void): void {
  const command = useStore((state) => state.command);

  useEffect(() => {
    if (command !== null) carryOut(command.name, backUp);
  }, [command, backUp]);

  useEffect(() => {
    const handle = (event: KeyboardEvent): void => {
      if (event.defaultPrevented) return;
      if (event.altKey && event.key === 'ArrowLeft') {
        event.preventDefault();
        useStore.getState().back();
        return;
      }
      const name = commandOf(event);
      if (name === null) return;
      event.preventDefault();
      carryOut(name, backUp);
    };
    window.addEventListener('keydown', handle);
    return () => window.removeEventListener('keydown', handle);
  }, [backUp]);
}

const withControl: Readonly<Record<string, MenuCommand>> = {
  b: 'back-up-now',
  r: 'restore',
  f: 'search',
  ',': 'settings',
};

export function commandOf(
  event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'altKey' | 'metaKey' | 'shiftKey'>,
): MenuCommand | null {
  if (event.altKey || event.metaKey || event.shiftKey) return null;
  if (event.ctrlKey) return withControl[event.key.toLowerCase()] ?? null;
  if (event.key === 'F1') return 'help';
  if (event.key === 'F5') return 'refresh';
  return null;
}

function carryOut(name: MenuCommand, backUp: (sourceId: SourceId) => void): void {
  const state = useStore.getState();
  switch (name) {
    case 'back-up-now': {
      const source = state.sources?.find(({ id }) => id === state.selectedSourceId) ?? state.sources?.[0];
      if (source !== undefined && source.health !== 'running') backUp(source.id);
      return;
    }
    case 'restore':
      restoreSelected();
      return;
    case 'search':
      document.getElementById(searchBoxId)?.focus();
      return;
    case 'settings':
    case 'help':
      state.open({ name: 'settings' });
      return;
    case 'refresh':
      // What is shown stays where main does not answer; the next event asks again.
      refreshAll().catch(() => undefined);
      return;
  }
}

/** The selected snapshot, else the last good one of the selected source. */
function restoreSelected(): void {
  const { selectedSnapshot, selectedSourceId, sources, open } = useStore.getState();
  const good = sources?.find(({ id }) => id === selectedSourceId)?.lastGood;
  const snapshot = selectedSnapshot ?? (good ? { repositoryId: good.repositoryId, snapshotId: good.id } : null);
  if (snapshot === null) return;
  open({ name: 'restore-wizard', point: { ...snapshot, instant: null }, selection: [] });
}
