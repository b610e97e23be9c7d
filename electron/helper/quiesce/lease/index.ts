export { FreezePace, type PastFreeze } from './pace.ts';
export { sharedMemory } from './pace-memory.ts';
export { SleepGate, type SleepHold, type SleepWatch, systemSleep } from './sleep-gate.ts';
