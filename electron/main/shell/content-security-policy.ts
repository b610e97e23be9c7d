/**
 * What the page may load: its own files and nothing else. Inline styles are allowed, because positions and sizes are
 * set as style attributes; inline scripts are not. A development server needs its socket and its inline preamble.
 */
export function contentSecurityPolicy(developmentServer: string | undefined): string {
  const server =
    developmentServer === undefined ? '' : ` ${developmentServer} ${developmentServer.replace(/^http/, 'ws')}`;
  const inlineScript = developmentServer === undefined ? '' : " 'unsafe-inline'";
  return [
    "default-src 'none'",
    `script-src 'self'${inlineScript}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    `connect-src 'self'${server}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "frame-src 'none'",
    "object-src 'none'",
    "worker-src 'none'",
  ].join('; ');
}
