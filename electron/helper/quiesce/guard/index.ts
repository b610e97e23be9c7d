export type { FreezeGuard, FrozenMoment, ThawOutcome } from './freeze-guard.ts';
export { type ProbeReading, startProbe, type WriterProbe } from './probe.ts';
export { type StartGuardOptions, startGuard } from './start-guard.ts';
export type { GuardAbilities, Moment, ThawCause } from './wire.ts';
export { type FreezeTimes, type FrozenOutcome, type Span, withFrozen } from './with-frozen.ts';
