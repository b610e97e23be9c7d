import { notifications } from '@mantine/notifications';
import { useCallback } from 'react';
import type { SourceId } from '../../shared/domain/ids.ts';
import { asStillpointError } from '../../shared/errors/index.ts';
import { ask } from '../state/ask.ts';
import { useStore } from '../state/store.ts';

/** Starts a backup and leads to where it can be watched. What cannot even begin is said, with what to do. */
export function useBackUp(): (sourceId: SourceId) => void {
  return useCallback((sourceId: SourceId) => {
    const { view, open } = useStore.getState();
    if (view.name !== 'main') open({ name: 'main' });
    ask('backup.start', { sourceId }).catch((thrown: unknown) => {
      const error = asStillpointError(thrown);
      notifications.show({ color: 'bad', title: error.message, message: error.guidance, autoClose: false });
    });
  }, []);
}
