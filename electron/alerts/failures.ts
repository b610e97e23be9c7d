import { cancelled, isStillpointError, StillpointError } from '../../shared/errors/index.ts';

/** What a person entered cannot be right. */
export function wrongInput(field: string, message: string, guidance: string): StillpointError {
  return new StillpointError({ kind: 'bad-input', field, message, guidance });
}

/** Who is there and does not take the alert. `answer` holds no secret any more. */
export function refused(
  host: string,
  answer: string,
  guidance: string,
  retryable: boolean,
  field?: string,
): StillpointError {
  return new StillpointError({
    kind: retryable ? 'io' : 'not-permitted',
    message: `${host} did not take the message${answer === '' ? '' : `: ${answer}`}${/[.!?…]$/.test(answer) ? '' : '.'}`,
    guidance,
    field,
    retryable,
    context: { host },
  });
}

interface Explained {
  readonly what: string;
  readonly todo: string;
}

const network: Readonly<Record<string, Explained>> = {
  ENOTFOUND: { what: 'no such server is known', todo: 'Check the name of the server, and that the network is there.' },
  EAI_AGAIN: { what: 'its name cannot be looked up now', todo: 'Check that the network is there.' },
  EDNS: { what: 'its name cannot be looked up', todo: 'Check the name of the server, and that the network is there.' },
  ECONNREFUSED: { what: 'nothing answers there', todo: 'Check server and port, and that the server runs.' },
  ECONNRESET: { what: 'it ended the connection', todo: 'Check the port and whether the server speaks TLS there.' },
  EPIPE: { what: 'it ended the connection', todo: 'Check the port and whether the server speaks TLS there.' },
  EHOSTUNREACH: { what: 'it cannot be reached', todo: 'Check that the network is there.' },
  ENETUNREACH: { what: 'it cannot be reached', todo: 'Check that the network is there.' },
  ENETDOWN: { what: 'it cannot be reached', todo: 'Check that the network is there.' },
};

const untrusted: Explained = {
  what: 'its certificate is not trusted',
  todo: 'Nothing was sent. Check the name of the server; a certificate of your own must be trusted by this system (NODE_EXTRA_CA_CERTS).',
};
const notTls: Explained = {
  what: 'it does not speak TLS there',
  todo: 'Nothing was sent. Check the port, and for mail whether it wants STARTTLS.',
};

const silent: Explained = {
  what: 'it did not answer in time',
  todo: 'Check server and port, and that the network is there.',
};

/**
 * What went wrong on the way, in words that name the host and nothing else: messages of sockets and parsers may hold a
 * whole address, and some addresses are secrets. So no cause is kept, only its code.
 */
export function notDelivered(error: unknown, host: string, asked: AbortSignal, deadline: AbortSignal): StillpointError {
  if (isStillpointError(error)) return error;
  if (asked.aborted) return cancelled();
  const code = codeOf(error);
  const explained = deadline.aborted ? silent : explain(code, error);
  return new StillpointError({
    kind: 'io',
    message: `${host} could not be reached: ${explained.what}.`,
    guidance: explained.todo,
    retryable: true,
    context: { host, ...(code === '' ? {} : { code }) },
  });
}

function explain(code: string, error: unknown): Explained {
  const known = network[code];
  if (known !== undefined) return known;
  const text = error instanceof Error ? error.message : '';
  if (/CERT|SELF_SIGNED|ALTNAME|UNABLE_TO_(GET|VERIFY)/.test(code) || /certificate/i.test(text)) return untrusted;
  if (/WRONG_VERSION|PACKET_LENGTH|EPROTO|ERR_SSL/.test(code) || /wrong version number/i.test(text)) return notTls;
  if (/TIMEDOUT|TIMEOUT/.test(code)) return silent;
  return { what: 'the connection failed', todo: 'Check server and port, and that the network is there.' };
}

/** A symbol of ours or of the system: short, in capitals. Anything else is not passed on. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  // A library that has a code of its own leaves the system's in its words.
  const inside = /\b(E[A-Z]{3,})\b/.exec(error.message)?.[1];
  if (inside !== undefined && network[inside] !== undefined) return inside;
  const code = 'code' in error ? String(error.code) : '';
  return /^[A-Z][A-Z0-9_]{1,60}$/.test(code) ? code : '';
}
