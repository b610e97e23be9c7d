import { StillpointError } from '../../../../../shared/errors/index.ts';
import { transientError } from '../decorators/transient.ts';

const network =
  'Check the network and whether the server runs. What was already stored is kept, and the next try goes on.';

/** `where` is a host and a port, for people. */
export function unreachable(where: string, cause: unknown): StillpointError {
  const code = codeOf(cause);
  return transientError({
    message: `${where} cannot be reached: ${words[code] ?? code}.`,
    guidance: network,
    context: { where, code },
    cause,
  });
}

export function lineCut(where: string, cause: unknown): StillpointError {
  const code = codeOf(cause);
  return transientError({
    message: `The connection to ${where} was cut.`,
    guidance: network,
    context: { where, code },
    cause,
  });
}

export function cutOff(where: string, length: number, expected: number): StillpointError {
  return transientError({
    message: `${where} sent ${length} bytes instead of ${expected}.`,
    guidance: network,
    context: { where, length, expected },
  });
}

export function tooLong(where: string): StillpointError {
  return new StillpointError({
    kind: 'io',
    message: `${where} sent more than a repository's file or list can be.`,
    guidance: 'Check the address: this does not look like a repository.',
    field: 'location',
    context: { where },
  });
}

/** The server is not who it must be: never sent again, and nothing was sent to it. */
export function notTrusted(where: string, reason: string, cause?: unknown): StillpointError {
  return new StillpointError({
    kind: 'not-permitted',
    message: `${where} could not prove who it is: ${reason}.`,
    guidance:
      'Nothing was sent. If the server has its own certificate, give its file or its fingerprint with the location; if it was changed, ask who runs it.',
    field: 'location.tls',
    context: { where },
    cause,
  });
}

/** Never tried without: who is in between could ask for exactly that. */
export function noTls(where: string, cause: unknown): StillpointError {
  return new StillpointError({
    kind: 'io',
    message: `What answers at ${where} does not speak TLS 1.2 or newer.`,
    guidance:
      'Nothing was sent. Check the port. A server without TLS is named with http://, and everybody on the way to it can listen.',
    field: 'location.url',
    context: { where },
    cause,
  });
}

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing answers there',
  ENOTFOUND: 'there is no computer of this name',
  EAI_AGAIN: 'names cannot be looked up now',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no network',
  ETIMEDOUT: 'it did not answer',
};

function codeOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string')
    return error.code;
  return 'unknown error';
}
