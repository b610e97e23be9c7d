import { contextBridge, type IpcRendererEvent, ipcRenderer } from 'electron';
import type { AppEvent, eventChannel, invokeChannel } from '../../shared/ipc/events.ts';
import { makeBridge } from './bridge.ts';

// Typed by the shared constants, so that a changed name does not compile; imported as types alone, so that no schema
// library is loaded into the page's process.
const invoke: typeof invokeChannel = 'stillpoint:invoke';
const events: typeof eventChannel = 'stillpoint:event';

contextBridge.exposeInMainWorld(
  'stillpoint',
  makeBridge({
    ask: (name, params) => ipcRenderer.invoke(invoke, name, params),
    listen: (listener) => {
      // Electron's own event object never reaches the page: it holds a reference to ipcRenderer.
      const forward = (_event: IpcRendererEvent, event: AppEvent): void => listener(event);
      ipcRenderer.on(events, forward);
      return () => ipcRenderer.removeListener(events, forward);
    },
  }),
);
