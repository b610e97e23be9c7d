import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { codeOf, notDelivered } from './failures.ts';

const never = new AbortController().signal;
const withCode = (message: string, code: string): Error => Object.assign(new Error(message), { code });

describe('what went wrong on the way', () => {
  it('is told by host and code alone: what a library says may hold a whole address', () => {
    const said = withCode('request to https://example.org/hooks/sEcReT failed', 'ECONNRESET');
    const error = notDelivered(said, 'example.org', never, never);
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain('sEcReT');
    expect(error).toMatchObject({ context: { host: 'example.org', code: 'ECONNRESET' }, retryable: true });
    expect(error.message).toBe('example.org could not be reached: it ended the connection.');
  });

  it('has a code only where one is meant to be', () => {
    expect(codeOf(withCode('connect ECONNREFUSED 127.0.0.1:25', 'ESOCKET'))).toBe('ECONNREFUSED');
    expect(codeOf(withCode('no', 'https://example.org/sEcReT'))).toBe('');
    expect(codeOf('ENOTFOUND')).toBe('');
  });

  it.each([
    ['ENOTFOUND', 'no such server is known'],
    ['EAI_AGAIN', 'its name cannot be looked up now'],
    ['ETIMEDOUT', 'it did not answer in time'],
    ['CERT_HAS_EXPIRED', 'its certificate is not trusted'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'its certificate is not trusted'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'it does not speak TLS there'],
    ['HPE_INVALID_CONSTANT', 'the connection failed'],
  ])('is said in words: %s', (code, words) => {
    expect(notDelivered(withCode('', code), 'example.org', never, never).message).toBe(
      `example.org could not be reached: ${words}.`,
    );
  });
});
