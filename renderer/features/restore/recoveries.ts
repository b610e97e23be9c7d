import type { ErrorKind } from '../../../shared/errors/index.ts';

/** What a failed restore offers next, as buttons. */
export type Recovery = 'try-again' | 'other-folder' | 'without-safety' | 'unlock';

/**
 * Never a dead end: a repository that cannot take the safety snapshot, or a target that cannot take the files, still
 * lets the files out into another folder.
 */
export function recoveriesFor(kind: ErrorKind, retryable: boolean): readonly Recovery[] {
  switch (kind) {
    case 'password-needed':
    case 'wrong-password':
      return ['unlock'];
    case 'repository-read-only':
    case 'repository-full':
    case 'repository-locked':
      return ['other-folder', 'without-safety', 'try-again'];
    case 'target-full':
      return ['other-folder', 'try-again'];
    case 'target-read-only':
    case 'target-not-empty':
    case 'target-escapes':
    case 'not-permitted':
      return ['other-folder'];
    case 'target-changed':
    case 'busy':
      return ['try-again'];
    default:
      return retryable ? ['try-again', 'other-folder'] : ['other-folder'];
  }
}
