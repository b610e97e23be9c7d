import { expect, it } from 'vitest';
import type { FreezeTrial } from '../../../../shared/domain/freeze-trial.ts';
import type { AuditStatus } from '../../system/audit.ts';
import type { MachineConditions } from './conditions.ts';
import { machineObstacles, type RootFacts, trialObstacle } from './obstacles.ts';

const quiet: MachineConditions = {
  audit: { enabled: true, daemonPid: 0, waits: true, panics: false },
  isContainer: false,
  swaps: [{ path: '/swapfile', kind: 'file', size: 1000, used: 500 }],
  canLockMemory: true,
  controlGroup: undefined,
  outputFiles: [9n],
  askedPrograms: () => [],
  hasEmergencyThaw: true,
  kernel: '6.1.0',
};
const facts: RootFacts = {
  mountPoint: '/',
  deviceId: 7n,
  device: '8:1',
  standsOn: (path) => path !== '/mnt/other/swapfile',
};
const audit = (change: Partial<AuditStatus>): Partial<MachineConditions> => ({
  audit: { enabled: true, daemonPid: 400, waits: true, panics: false, ...change },
});
const words = (change: Partial<MachineConditions>): string[] =>
  machineObstacles(facts, { ...quiet, ...change }).map(({ reason }) => reason);

it('finds nothing on a desktop whose audit has no daemon', () => {
  expect(words({})).toEqual([]);
  expect(words({ audit: 'none' })).toEqual([]);
  expect(words(audit({ enabled: false }))).toEqual([]);
  expect(words(audit({ waits: false }))).toEqual([]);
  expect(words({ swaps: [{ path: '/mnt/other/swapfile', kind: 'file', size: 1000, used: 900 }] })).toEqual([]);
  expect(words({ swaps: [{ path: '/dev/sda2', kind: 'partition', size: 1000, used: 900 }] })).toEqual([]);
  // It works without; nobody is told to change anything.
  expect(words({ hasEmergencyThaw: false })).toEqual([]);
});

it.each<[string, Partial<MachineConditions>, string]>([
  [
    'a container',
    { isContainer: true },
    'Stillpoint runs inside a container here, and the filesystem under it belongs to the machine outside.',
  ],
  [
    'an audit daemon that is waited for',
    audit({}),
    'The audit daemon keeps a log and makes processes wait while it cannot write; that could be the one that ends the pause. `auditctl --backlog_wait_time 0` lets it drop records instead.',
  ],
  [
    'an audit that stops the machine',
    audit({ panics: true, waits: false }),
    'The kernel’s audit stops this machine when a record is lost, and its log lies where nothing could be written meanwhile.',
  ],
  [
    'an audit that does not tell',
    { audit: 'unknown' },
    'The kernel does not tell whether its audit could stop processes that wait for this filesystem, the one that ends the pause among them.',
  ],
  [
    'memory that cannot be locked',
    { canLockMemory: false },
    'The processes that end the pause may not lock their memory, and might have to wait for the filesystem that is held.',
  ],
  [
    'a control group of somebody else',
    { controlGroup: 'User 1000 can stop or end it through its control group /a.' },
    'The end of the pause could not be guaranteed: User 1000 can stop or end it through its control group /a.',
  ],
  [
    'a swap file that is lived from',
    { swaps: [{ path: '/swapfile', kind: 'file', size: 1000, used: 640 }] },
    'The system is short of memory: 64 % of its swap file /swapfile on this filesystem is in use.',
  ],
  [
    'a log of ours on it',
    { outputFiles: [7n] },
    'What Stillpoint’s helper says is written to a file on this filesystem, and it could wait for that.',
  ],
  [
    'a scanner that is asked before files are opened',
    { askedPrograms: (device) => (device === '8:1' ? [{ pid: 71, name: 'scand', isAskedOfContent: false }] : []) },
    'The program scand (process 71) is asked before files are opened on /, as scanners for viruses are. It could wait for what is held, and everybody for it. Have it leave / out, or pause it while you back up.',
  ],
  [
    'a program that is asked before content is touched',
    { askedPrograms: () => [{ pid: 72, name: 'tiered', isAskedOfContent: true }] },
    'The program tiered (process 72) is asked before content is read or written on /, as scanners for viruses are. It could wait for what is held, and everybody for it. Have it leave / out, or pause it while you back up.',
  ],
])('refuses %s, with words', (_, change, expected) => {
  expect(words(change)).toEqual([expected]);
});

it('says who could help', () => {
  const remedies = (change: Partial<MachineConditions>) =>
    machineObstacles(facts, { ...quiet, ...change }).map(({ remedy }) => remedy);
  expect(remedies({ audit: 'unknown', canLockMemory: false })).toEqual(['grant-helper', 'grant-helper']);
  expect(remedies({ isContainer: true })).toEqual([undefined]);
});

const trial: FreezeTrial = {
  ...{ outcome: 'passed', reason: '', at: '2025-01-01T00:00:00.000000000Z' as FreezeTrial['at'], kernel: '6.1.0' },
  ...{ filesystem: 'f', mountPoint: '/', leaseMs: 250, stallsMs: [12.5], longestProbeMs: null },
};

it.each<[string, FreezeTrial | undefined, string]>([
  [
    'none was made',
    undefined,
    'Everything on this computer runs from /, so holding it has to be tried once; the desktop may stutter up to 250 ms.',
  ],
  [
    'it was skipped',
    { ...trial, outcome: 'skipped' },
    'Everything on this computer runs from /, and the test whether it can be held was skipped.',
  ],
  [
    'the kernel was another',
    { ...trial, kernel: '6.0.9' },
    'Holding / was tried with the kernel 6.0.9; with 6.1.0 it has to be tried again.',
  ],
  [
    'the kernel was another and it failed then',
    { ...trial, kernel: '6.0.9', outcome: 'failed', reason: 'Slow.' },
    'Holding / was tried with the kernel 6.0.9; with 6.1.0 it has to be tried again.',
  ],
  [
    'it failed',
    { ...trial, outcome: 'failed', reason: 'Writers waited 400 ms, longer than the 250 ms allowed.' },
    'When holding / was tried, it did not go well: Writers waited 400 ms, longer than the 250 ms allowed.',
  ],
])('asks for a trial when %s', (_, last, reason) => {
  expect(trialObstacle('/', '6.1.0', 250, last)).toEqual([{ reason, remedy: 'trial' }]);
});

it('asks for none when one passed with this kernel', () => {
  expect(trialObstacle('/', '6.1.0', 250, trial)).toEqual([]);
});
