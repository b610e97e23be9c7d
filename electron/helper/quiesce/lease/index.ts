export { FreezePace, type PastFreeze } from './pace.ts';
export { SleepGate, type SleepHold, type SleepWatch, systemSleep } from './sleep-gate.ts';
