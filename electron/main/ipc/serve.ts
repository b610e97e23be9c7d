import { type IpcMainInvokeEvent, ipcMain } from 'electron';
import { StillpointError, serializeError } from '../../../shared/errors/index.ts';
import { invokeChannel } from '../../../shared/ipc/events.ts';
import { answer, type ReportDefect } from './answer.ts';
import type { Handlers } from './handlers.ts';
import { isTrusted, type Sender, type TrustedWindow } from './trusted-sender.ts';

/** The only user of `ipcMain`: checks who asks, then answers. Returns what stops it. */
export function serveWindow(
  handlers: Handlers,
  trustedWindow: () => TrustedWindow | undefined,
  report: ReportDefect,
): () => void {
  ipcMain.handle(invokeChannel, async (event, name: unknown, params: unknown) => {
    if (!isTrusted(senderOf(event), trustedWindow())) {
      report(String(name), new Error(`refused: asked from ${event.senderFrame?.url ?? 'a frame that is gone'}`));
      return { ok: false, error: serializeError(notOurs()) };
    }
    return answer(handlers, name, params, report);
  });
  return () => ipcMain.removeHandler(invokeChannel);
}

function senderOf(event: IpcMainInvokeEvent): Sender | undefined {
  const frame = event.senderFrame;
  if (!frame) return undefined;
  return {
    webContentsId: event.sender.id,
    isMainFrame: frame === event.sender.mainFrame,
    url: frame.url,
  };
}

function notOurs(): StillpointError {
  return new StillpointError({
    kind: 'not-permitted',
    message: 'This page may not ask Stillpoint for anything.',
    guidance: '',
  });
}
