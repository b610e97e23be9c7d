import { createTransport } from 'nodemailer';
import type { AlertChannel } from '../../shared/domain/alerts.ts';
import type { StillpointError } from '../../shared/errors/index.ts';
import { type AlertAdapter, type AlertOptions, defaultTimeoutMs } from './contract.ts';
import { codeOf, notDelivered, refused, wrongInput } from './failures.ts';
import { bareHost, isLoopback } from './loopback.ts';
import { oneLine, plainText, withoutSecrets } from './safe-text.ts';

type Mail = Extract<AlertChannel, { kind: 'mail' }>;

/** Hands a plain text message to an SMTP server. The secret is the password of `username`. */
export function mailAdapter(options: AlertOptions = {}): AlertAdapter<Mail> {
  return {
    async send(alert, channel, secret, signal) {
      checkChannel(channel, secret);
      const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
      const deadline = AbortSignal.timeout(timeoutMs);
      const secrets = secret === null ? [] : [secret, `\0${channel.username}\0${secret}`];
      try {
        signal.throwIfAborted();
        const transport = createTransport({
          host: bareHost(channel.server),
          port: channel.port,
          secure: channel.security === 'tls',
          requireTLS: channel.security === 'starttls',
          ignoreTLS: channel.security === 'none',
          connectionTimeout: timeoutMs,
          greetingTimeout: timeoutMs,
          socketTimeout: timeoutMs,
          dnsTimeout: timeoutMs,
          disableFileAccess: true,
          disableUrlAccess: true,
          tls: {
            rejectUnauthorized: true,
            minVersion: 'TLSv1.2',
            ...(options.ca === undefined ? {} : { ca: [...options.ca] }),
          },
          ...(channel.username === '' ? {} : { auth: { user: channel.username, pass: secret ?? '' } }),
        });
        const { response } = await transport.sendMail({
          from: { name: 'Stillpoint', address: channel.from },
          to: { name: '', address: channel.to },
          subject: oneLine(alert.title),
          text: plainText(alert.text, 20_000),
          headers: { 'Auto-Submitted': 'auto-generated' },
          signal: AbortSignal.any([signal, deadline]),
        });
        return { answer: oneLine(withoutSecrets(response, secrets)) };
      } catch (error) {
        throw answered(error, channel, secrets) ?? notDelivered(error, channel.server, signal, deadline);
      }
    },
  };
}

function checkChannel(channel: Mail, secret: string | null): void {
  if (channel.security === 'none' && !isLoopback(channel.server)) {
    throw wrongInput(
      'security',
      `Mail to ${channel.server} would go over the network in clear.`,
      'Choose TLS or STARTTLS. Only a mail server on this machine may be spoken to without.',
    );
  }
  if (channel.username !== '' && secret === null) {
    throw wrongInput(
      'secret',
      `The password of ${oneLine(channel.username)} is missing.`,
      'Enter it, or empty the user name.',
    );
  }
}

/** The server spoke and said no; null: it did not come to that. */
function answered(error: unknown, { server }: Mail, secrets: readonly string[]): StillpointError | null {
  if (!(error instanceof Error)) return null;
  const code = codeOf(error);
  const status = 'responseCode' in error && typeof error.responseCode === 'number' ? error.responseCode : 0;
  const said = 'response' in error && typeof error.response === 'string' ? error.response : '';
  const answer = oneLine(withoutSecrets(said, secrets));
  const later = status >= 400 && status < 500;
  if (code === 'EAUTH') {
    return refused(
      server,
      answer,
      'Check user name and password. Some providers want a password made for apps.',
      later,
      'secret',
    );
  }
  if (code === 'ETLS' && status !== 0) {
    return refused(
      server,
      answer || 'it does not offer STARTTLS',
      'Choose TLS, with its port (often 465).',
      false,
      'security',
    );
  }
  if (status === 0) return null;
  if (code === 'EENVELOPE') {
    return refused(
      server,
      answer,
      'Check both mail addresses, and that this account may send from the first.',
      later,
      'to',
    );
  }
  return refused(server, answer, later ? 'Try again later.' : 'Read what the server says.', later);
}
