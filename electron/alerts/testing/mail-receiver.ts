import type { AddressInfo, Socket } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import type { AlertChannel } from '../../../shared/domain/alerts.ts';
import type { Identity } from './certificate.ts';
import type { Behaviour, Received, Receiver } from './receiver.ts';

export interface MailReceiver extends Receiver {
  readonly channel: Extract<AlertChannel, { kind: 'mail' }>;
  /** Messages as they came, with their headers. */
  readonly raw: string[];
  readonly recipients: string[];
  /** Passwords that were tried. */
  readonly passwords: string[];
}

export interface MailSetUp {
  readonly security?: 'tls' | 'starttls' | 'none';
  readonly identity?: Identity;
  /** The server does not offer STARTTLS, whatever it could do. */
  readonly offersNoTls?: boolean;
}

/** A mail server on this machine that knows one user. */
export async function mailReceiver(behaviour: Behaviour, secret: string, setUp: MailSetUp = {}): Promise<MailReceiver> {
  const { security = 'none', identity, offersNoTls = false } = setUp;
  const raw: string[] = [];
  const received: Received[] = [];
  const recipients: string[] = [];
  const passwords: string[] = [];
  const sockets = new Set<Socket>();
  const options: SMTPServerOptions = {
    secure: security === 'tls',
    ...(identity === undefined ? {} : { key: identity.key, cert: identity.certificate }),
    disabledCommands: security === 'none' || offersNoTls ? ['STARTTLS'] : [],
    allowInsecureAuth: true,
    logger: false,
    onConnect: (_session, done) => {
      if (behaviour !== 'silent') done();
    },
    onAuth: (auth, _session, done) => {
      passwords.push(auth.password ?? '');
      if (behaviour === 'takes' && auth.password === secret) done(null, { user: auth.username ?? '' });
      else done(refusal(behaviour, `${auth.username} ${auth.password}`));
    },
    onRcptTo: (address, _session, done) => {
      recipients.push(address.address);
      done();
    },
    onData: (stream, _session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const message = Buffer.concat(chunks).toString();
        raw.push(message);
        received.push(parse(message));
        done();
      });
    },
  };
  const server = new SMTPServer(options);
  server.on('error', () => undefined);
  server.server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  return {
    channel: {
      kind: 'mail',
      id: 'mail',
      enabled: true,
      server: identity === undefined ? '127.0.0.1' : 'localhost',
      port,
      security,
      username: 'ada',
      from: 'ada@example.org',
      to: 'grace@example.org',
    },
    secret,
    received,
    raw,
    recipients,
    passwords,
    open: () => sockets.size,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function refusal(behaviour: Behaviour, given: string): Error {
  const said =
    behaviour === 'repeats' ? `wrong: ${given} ${Buffer.from(given).toString('base64')}` : 'wrong user or password';
  return Object.assign(new Error(said), { responseCode: behaviour === 'refuses-for-now' ? 454 : 535 });
}

/** Enough of a mail reader for what is sent here: one part of text, quoted or not. */
function parse(message: string): Received {
  const [head = '', ...rest] = message.split('\r\n\r\n');
  const lines = head.replace(/\r\n[ \t]+/g, ' ').split('\r\n');
  const headers = new Map(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]),
  );
  const body = rest.join('\r\n\r\n').replace(/\r\n$/, '');
  const encoding = headers.get('content-transfer-encoding') ?? '7bit';
  return {
    title: words(headers.get('subject') ?? ''),
    text: decoded(body, encoding).replaceAll('\r\n', '\n'),
    headers: [...headers.keys()],
  };
}

function decoded(body: string, encoding: string): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString();
  return encoding === 'quoted-printable' ? fromHex(body.replace(/=\r\n/g, '')) : body;
}

/** Encoded words of a subject. */
function words(text: string): string {
  return text
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?([qb])\?([^?]*)\?=/gi, (_all, kind: string, value: string) =>
      kind.toLowerCase() === 'b' ? Buffer.from(value, 'base64').toString() : fromHex(value.replaceAll('_', ' ')),
    );
}

function fromHex(text: string): string {
  return text.replace(/(=[0-9A-F]{2})+/gi, (run) => Buffer.from(run.replaceAll('=', ''), 'hex').toString());
}
