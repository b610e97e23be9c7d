import { StillpointError } from '../../../shared/errors/index.ts';

/** Who the helper works for. Decided once, at start, from what the system vouches for and never from what is asked. */
export interface Caller {
  readonly uid: number;
  readonly gid: number;
  /** True when the helper has more rights than its caller: then paths are never taken on the caller's word alone. */
  readonly elevatedFor: boolean;
}

/**
 * `PKEXEC_UID` is set by pkexec(1) to the real uid of whoever asked and can be trusted because the launcher is started
 * with an empty environment otherwise. Only root works for somebody else. Without it the helper was started directly and works for its own user.
 */
export function callerOf(
  process: { readonly uid: number; readonly gid: number },
  environment: Readonly<Record<string, string | undefined>>,
  primaryGroupOf: (uid: number) => number | null,
): Caller {
  const asked = environment.PKEXEC_UID;
  if (asked === undefined) return { uid: process.uid, gid: process.gid, elevatedFor: false };
  // pkexec can run a program as somebody who is not root: the helper would then have that person's files.
  if (process.uid !== 0) throw startedForAnother();
  const uid = /^\d{1,10}$/.test(asked) ? Number(asked) : Number.NaN;
  const gid = Number.isNaN(uid) ? null : primaryGroupOf(uid);
  if (gid === null) {
    throw new StillpointError({
      kind: 'not-permitted',
      message: 'The helper was started for a user that does not exist here.',
      guidance: 'Start Stillpoint again from your own session.',
      field: 'PKEXEC_UID',
    });
  }
  return { uid, gid, elevatedFor: uid !== 0 };
}

function startedForAnother(): StillpointError {
  return new StillpointError({
    kind: 'not-permitted',
    message: 'The helper was started in the name of another user.',
    guidance: 'It is started as root, or by the user it works for.',
    field: 'PKEXEC_UID',
  });
}
