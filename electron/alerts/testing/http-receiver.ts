import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Identity } from './certificate.ts';
import type { Behaviour } from './receiver.ts';

export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface HttpReceiver {
  /** `http://127.0.0.1:1234` or `https://localhost:1234`, without a path. */
  readonly origin: string;
  readonly requests: HttpRequest[];
  open(): number;
  close(): Promise<void>;
}

export type Answerer = (request: HttpRequest, response: ServerResponse) => void;

/** A web server on this machine. With an identity it speaks TLS. */
export async function httpReceiver(answer: Answerer, identity?: Identity): Promise<HttpReceiver> {
  const requests: HttpRequest[] = [];
  const sockets = new Set<Socket>();
  const listener = (incoming: IncomingMessage, response: ServerResponse): void => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const request = {
        method: incoming.method ?? '',
        url: incoming.url ?? '',
        headers: incoming.headers,
        body: Buffer.concat(chunks).toString(),
      };
      requests.push(request);
      answer(request, response);
    });
  };
  const server =
    identity === undefined
      ? createServer(listener)
      : createTlsServer({ key: identity.key, cert: identity.certificate }, listener);
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: identity === undefined ? `http://127.0.0.1:${port}` : `https://localhost:${port}`,
    requests,
    open: () => sockets.size,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function answering(behaviour: Behaviour, success = 'OK'): Answerer {
  return ({ url, headers, body }, response) => {
    switch (behaviour) {
      case 'takes':
        response.end(success);
        return;
      case 'refuses':
        response.writeHead(403).end('forbidden');
        return;
      case 'refuses-for-now':
        response.writeHead(503).end('busy');
        return;
      case 'repeats':
        response.writeHead(400).end(`no: ${url} ${headers.authorization ?? ''} ${encodeURIComponent(url)} ${body}`);
        return;
      case 'silent':
        return;
    }
  };
}
