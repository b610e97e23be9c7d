import type { MixCost } from '../repository/crypto/scrypt-mix.ts';

export interface ScryptThreadData {
  /** Blocks of scrypt; a thread mixes those from `start` to `end`, in bytes, in place, and says when it has. */
  readonly shared: SharedArrayBuffer;
  readonly start: number;
  readonly end: number;
  readonly cost: MixCost;
}
