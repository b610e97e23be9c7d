import { StillpointError } from '../../../../../shared/errors/index.ts';
import { transientError } from '../decorators/transient.ts';
import type { HttpAnswer } from '../http/contract.ts';
import { statusError } from '../http/status.ts';
import { elementText } from './xml.ts';

export function codeOf({ body }: HttpAnswer): string | undefined {
  return elementText(body.toString('utf8', 0, 8192), 'Code');
}

const wrongKeys = ['InvalidAccessKeyId', 'SignatureDoesNotMatch', 'InvalidToken', 'ExpiredToken', 'InvalidSecurity'];
const passing = [
  'SlowDown',
  'InternalError',
  'ServiceUnavailable',
  'RequestTimeout',
  'OperationAborted',
  'IncompleteBody',
];
/**
 * Amazon’s own service has no end. `QuotaExceeded`: Ceph, Versity, Wasabi and others, with status 403; the others MinIO’s, and
 * NooBaa’s.
 */
const noRoom = [
  'QuotaExceeded',
  'ObjectQuotaExceeded',
  'InsufficientStorage',
  'XMinioStorageFull',
  'XMinioAdminBucketQuotaExceeded',
];
/** The body is not what was signed: it was changed on its way. */
const changedOnTheWay = ['XAmzContentSHA256Mismatch', 'BadDigest', 'XAmzContentChecksumMismatch'];

/** What an unwanted answer means to a person. `action` completes "could not ...". */
export function s3Error(answer: HttpAnswer, action: string, location: string, nowMs: number): StillpointError {
  const code = codeOf(answer) ?? '';
  const context = { location, status: answer.status, code };
  if (wrongKeys.includes(code))
    return new StillpointError({
      kind: 'not-permitted',
      message: `${location} does not accept the access key (${code}).`,
      guidance: 'Check the key’s id and its secret; they are not the password of the repository.',
      field: 'credentials',
      context,
    });
  if (code === 'RequestTimeTooSkewed')
    return new StillpointError({
      kind: 'not-permitted',
      message: `${location} refuses this: the clock of this computer is too far off.`,
      guidance: 'Set the clock, then try again.',
      retryable: true,
      context,
    });
  if (code === 'NoSuchBucket')
    return new StillpointError({
      kind: 'repository-absent',
      message: `There is no bucket for ${location}.`,
      guidance: 'Check its name, or make it first.',
      field: 'location.bucket',
      retryable: true,
      context,
    });
  if (noRoom.includes(code))
    return new StillpointError({
      kind: 'repository-full',
      message: `There is no more room at ${location} (${code}): could not ${action}.`,
      guidance: 'Have its quota raised, or remove old snapshots, and run again. What was already stored is kept.',
      retryable: true,
      context,
    });
  if (passing.includes(code) || changedOnTheWay.includes(code))
    return transientError({
      message: `${location} answered ${answer.status} (${code}): could not ${action}.`,
      guidance: 'The server or the network has a problem. What was already stored is kept; the next run goes on.',
      context,
    });
  return statusError(answer, action, location, nowMs);
}
