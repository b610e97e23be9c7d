import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface HeardAlert {
  readonly path: string;
  /** `failed`, `recovered`, `test`: in what a webhook is sent, or by the sign that ntfy shows. */
  readonly event: string;
  readonly body: Readonly<Record<string, unknown>>;
}

const byNtfyTag: Readonly<Record<string, string>> = { x: 'failed', white_check_mark: 'recovered', bell: 'test' };

/** A web server of this machine that takes ntfy's messages at its root and a webhook's below `/hook`. */
export async function listenForAlerts(): Promise<{
  readonly address: string;
  /** What was taken so far, oldest first. */
  heard(): readonly HeardAlert[];
  stop(): Promise<void>;
}> {
  const heard: HeardAlert[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const path = request.url ?? '';
      if (path.endsWith('/refused')) {
        response.writeHead(403).end('not you');
        return;
      }
      const body = JSON.parse(Buffer.concat(parts).toString()) as Record<string, unknown>;
      const [tag] = (body.tags ?? []) as string[];
      heard.push({ path, body, event: typeof body.event === 'string' ? body.event : (byNtfyTag[tag ?? ''] ?? '') });
      response.end(path === '/' ? JSON.stringify(body) : 'hook heard');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    heard: () => heard,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
