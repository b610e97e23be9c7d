/** Who sent a message, as far as it can be known. */
export interface Sender {
  readonly webContentsId: number;
  readonly isMainFrame: boolean;
  readonly url: string;
}

/** The one window that may ask, and the origin its page must have. */
export interface TrustedWindow {
  readonly webContentsId: number;
  /** `stillpoint://app`, or the development server's. */
  readonly origin: string;
}

/** Only the main frame of our own window, while it shows our own page. */
export function isTrusted(sender: Sender | undefined, window: TrustedWindow | undefined): boolean {
  if (sender === undefined || window === undefined) return false;
  return (
    sender.isMainFrame &&
    sender.webContentsId === window.webContentsId &&
    originOf(sender.url) === originOf(window.origin)
  );
}

/** Scheme and host; `URL.origin` is `null` for schemes that are not the web's. */
function originOf(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
}
