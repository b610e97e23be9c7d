import { BrowserWindow, session } from 'electron';

/** Turns a page into a PDF in a hidden window that runs no script, loads nothing and leaves nothing on the disk. */
export async function printPdf(html: string): Promise<Uint8Array> {
  // Without `persist:` it lives in memory alone.
  const offline = session.fromPartition('offline-printing', { cache: false });
  offline.webRequest.onBeforeRequest((details, callback) => callback({ cancel: !details.url.startsWith('data:') }));
  const window = new BrowserWindow({
    show: false,
    webPreferences: { session: offline, sandbox: true, javascript: false, images: false },
  });
  try {
    await window.loadURL(`data:text/html;charset=utf-8;base64,${Buffer.from(html).toString('base64')}`);
    return await window.webContents.printToPDF({ pageSize: 'A4', printBackground: true, preferCSSPageSize: true });
  } finally {
    window.destroy();
  }
}
