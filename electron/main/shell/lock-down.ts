import { app, type Session } from 'electron';
import { contentSecurityPolicy } from './content-security-policy.ts';

/** For every page there will ever be: it goes nowhere, opens nothing, embeds nothing. */
export function forbidLeaving(): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', (event) => event.preventDefault());
    contents.on('will-redirect', (event) => event.preventDefault());
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  });
}

/** Camera, location, notifications, devices, …: the page needs none of them. */
export function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, callback) => callback(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, callback) => callback({}));
}

/** The policy of a page that a development server serves; the built one brings its own. */
export function guardDevelopmentPage(session: Session, server: string): void {
  session.webRequest.onHeadersReceived((details, callback) =>
    callback({
      responseHeaders: {
        ...details.responseHeaders,
        'Content-Security-Policy': [contentSecurityPolicy(server)],
      },
    }),
  );
}
