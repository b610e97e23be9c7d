/** What guard and witness say, and the page they share with the helper. Kept in step with native/stillpoint-guard.c. */

export const FRAME_BYTES = 48;
export const PAGE_BYTES = 4096;
const FRAME_MAGIC = 0x31475053;

export const command = { freeze: 'F', thaw: 'T', ping: 'P' } as const;

const frameKinds = ['ready', 'frozen', 'busy', 'failed', 'thawed', 'not-frozen', 'cancelled', 'probed'] as const;
export type FrameKind = (typeof frameKinds)[number];

/** Who ended a freeze, or why. `helper`: this process, with guard and witness both gone. */
const causes = ['command', 'end-of-file', 'deadline', 'witness'] as const;
export type ThawCause = (typeof causes)[number] | 'helper';

const states = ['idle', 'freezing', 'frozen', 'thawing', 'thawed', 'busy', 'failed', 'cancelled'] as const;
export type GuardState = (typeof states)[number];

const abilityBits = { memoryLocked: 1, oomExempt: 2, ownSession: 4, rcuUsable: 8, sysrqUsable: 16 } as const;
export type GuardAbilities = Readonly<Record<keyof typeof abilityBits, boolean>>;

/** One instant by two clocks, ns: CLOCK_MONOTONIC (process.hrtime.bigint() has the same) and CLOCK_REALTIME. */
export interface Moment {
  readonly monotonicNs: bigint;
  readonly wallNs: bigint;
}

export interface Frame {
  readonly kind: FrameKind;
  /** errno of the ioctl, 0 for none. */
  readonly errno: number;
  readonly detail: number;
  readonly before: Moment;
  readonly after: Moment;
}

export interface Page {
  readonly state: GuardState;
  readonly rcuChanged: boolean;
  readonly rcuPrevious: number;
  readonly freeze: Frame | undefined;
  readonly thaw: Frame | undefined;
}

/** Undefined for bytes that are not a frame (or not one yet). */
export function decodeFrame(bytes: Buffer): Frame | undefined {
  const kind = frameKinds[bytes.readUInt32LE(4) - 1];
  if (bytes.readUInt32LE(0) !== FRAME_MAGIC || kind === undefined) return undefined;
  return {
    kind,
    errno: bytes.readInt32LE(8),
    detail: bytes.readUInt32LE(12),
    before: { monotonicNs: bytes.readBigUInt64LE(16), wallNs: bytes.readBigUInt64LE(32) },
    after: { monotonicNs: bytes.readBigUInt64LE(24), wallNs: bytes.readBigUInt64LE(40) },
  };
}

export function decodePage(bytes: Buffer): Page {
  const state = states[bytes.readUInt32LE(0)];
  if (state === undefined) throw new Error(`the guard's page holds the unknown state ${bytes.readUInt32LE(0)}`);
  return {
    state,
    rcuChanged: bytes.readUInt32LE(4) !== 0,
    rcuPrevious: bytes.readUInt32LE(8),
    freeze: decodeFrame(bytes.subarray(40, 40 + FRAME_BYTES)),
    thaw: decodeFrame(bytes.subarray(88, 88 + FRAME_BYTES)),
  };
}

export function causeOf(frame: Frame): ThawCause {
  return causes[frame.detail - 1] ?? 'witness';
}

export function abilitiesOf(ready: Frame): GuardAbilities {
  const has = (name: keyof typeof abilityBits): boolean => (ready.detail & abilityBits[name]) !== 0;
  return {
    memoryLocked: has('memoryLocked'),
    oomExempt: has('oomExempt'),
    ownSession: has('ownSession'),
    rcuUsable: has('rcuUsable'),
    sysrqUsable: has('sysrqUsable'),
  };
}
