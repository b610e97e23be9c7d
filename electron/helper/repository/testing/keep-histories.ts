import type { KeptSnapshot } from '../../../../shared/domain/keep/apply.ts';
import { type KeepRules, keepEverything } from '../../../../shared/domain/keep/rules.ts';
import { offsetOf } from '../../../../shared/domain/keep/wall-clock.ts';
import { nodeFileOps } from '../backend/local/file-ops.ts';
import { LocalBackend } from '../backend/local/local-backend.ts';
import { Sealer } from '../crypto/sealer.ts';
import { Documents } from '../documents.ts';
import { decodeOffset, decodeTime, encodeTime } from '../format/times.ts';
import { unlock } from '../keys/key-store.ts';
import { initRepository } from '../open.ts';
import { testOptions, testPassword } from './memory-repository.ts';
import { SeededRandom } from './seeded-random.ts';

/** One snapshot of a made-up history, as its file says it. */
export interface MadeUpSnapshot {
  readonly time: string;
  readonly tags: readonly string[];
}

/** All snapshots of one host. */
export interface History {
  readonly host: string;
  readonly snapshots: readonly MadeUpSnapshot[];
}

/** Where machines stand: clocks that change, that do not, by half an hour, at another date, and not by whole hours. */
export const zones = [
  'UTC',
  'Europe/Berlin',
  'Europe/London',
  'America/New_York',
  'America/St_Johns',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'Asia/Tokyo',
  'Pacific/Apia',
  'Africa/Casablanca',
] as const;

/** Instants around which decisions are hard: clocks that change, ends of months and years, ISO weeks of two years. */
const hardTimes = [
  '2026-03-29T01:00:00Z',
  '2025-10-26T01:00:00Z',
  '2026-03-08T07:00:00Z',
  '2025-11-02T06:00:00Z',
  '2025-10-04T15:30:00Z',
  '2024-02-29T23:30:00Z',
  '2026-03-31T12:00:00Z',
  '2025-12-31T23:59:59.999999999Z',
  '2024-12-30T00:00:00Z',
  '2021-01-03T23:59:59Z',
  '2020-12-31T23:30:00Z',
].map((text) => decodeTime(text, 'It'));

const second = 1_000_000_000n;
/** Steps between snapshots, in seconds: seconds, minutes, an hour, a day, a week, a month, a year. */
const steps = [1, 40, 900, 3600, 3600, 7_200, 43_200, 86_400, 86_400, 604_800, 2_629_800, 31_557_600];
const tags = ['keep', 'pin', 'other'];
const newestStart = decodeTime('2026-06-30T00:00:00Z', 'It');
const future = decodeTime('2199-05-31T12:00:00Z', 'It');

/** The same history for the same seed. Times are distinct, or equal in every digit and tag. */
export function makeHistory(seed: number): History {
  const random = new SeededRandom(seed * 7919 + 1);
  const home = random.pick(zones);
  const step = random.pick(steps);
  const start =
    random.int(2) === 0 ? random.pick(hardTimes) : newestStart - BigInt(random.int(3_000_000)) * 60n * second;
  const count = 1 + random.int(random.int(4) === 0 ? 60 : 16);
  const snapshots = new Map<string, MadeUpSnapshot>();
  let ns = start;
  for (let made = 0; made < count; made += 1) {
    const snapshot = {
      time: encodeTime(ns, offsetFor(random, home, ns)),
      tags: random.int(6) === 0 ? [random.pick(tags)] : [],
    };
    snapshots.set(String(ns), snapshot);
    if (random.int(25) === 0) snapshots.set(`${ns} again`, snapshot);
    ns -= gap(random, step);
  }
  if (random.int(20) === 0) snapshots.set('future', { time: encodeTime(future + BigInt(seed)), tags: [] });
  return { host: `host-${seed}`, snapshots: [...snapshots.values()] };
}

/** Mostly a step with a tremble; sometimes less than a second, sometimes exactly the step, sometimes a long absence. */
function gap(random: SeededRandom, step: number): bigint {
  const kind = random.int(10);
  if (kind === 0) return BigInt(1 + random.int(999_999_999));
  if (kind === 1) return BigInt(step) * second;
  if (kind === 2) return BigInt(step * (2 + random.int(40))) * second;
  return (
    BigInt(Math.ceil(step * 0.9)) * second +
    BigInt(random.int(Math.ceil(step / 5) + 1)) * second +
    BigInt(random.int(1_000_000))
  );
}

/** As a restic at home writes it; as one that is set to UTC does; now and then a traveller. */
function offsetFor(random: SeededRandom, home: string, ns: bigint): number {
  const kind = random.int(8);
  if (kind === 0) return 0;
  const zone = kind === 1 ? random.pick(zones) : home;
  return Math.trunc(offsetOf(zone, Number(ns / 1_000_000n)));
}

export function asKept({ host, snapshots }: History): KeptSnapshot[] {
  return snapshots.map(({ time, tags: own }, position) => {
    const ns = decodeTime(time, 'It');
    const [ms, nanoseconds] = [Number(ns / 1_000_000n), Number(ns % 1_000_000n)];
    return { id: `${host} ${position}`, time: ms, nanoseconds, tags: own, offsetMinutes: decodeOffset(time) };
  });
}

export interface Policy {
  readonly rules: KeepRules;
  readonly zone: string;
}

/** Restic refuses to delete all of a host, so each of these keeps the newest. */
const rulesToTry: readonly Partial<KeepRules>[] = [
  { hourly: 24, daily: 30, monthly: 12, yearly: 'all' },
  { last: 3, weekly: 5 },
  { daily: 3, tags: ['keep', 'pin'] },
  { last: 1, within: '1m' },
  { hourly: 'all', withinDaily: '1y' },
  { monthly: 2, within: '2d7h' },
  { withinHourly: '1d', withinDaily: '14d', withinWeekly: '2m', withinMonthly: '1y1m', withinYearly: '5y' },
  { yearly: 2, weekly: 3, withinMonthly: '3m30d' },
  { last: 'all' },
  { daily: 1, hourly: 1, weekly: 1, monthly: 1, yearly: 1 },
  { last: 1, within: '1y1m1d1h', tags: ['other'] },
  { weekly: 'all', monthly: 'all', withinWeekly: '100y' },
];

/** Each set of rules in `perRules` zones, another choice of zones for each. */
export function policies(perRules: number): Policy[] {
  return rulesToTry.flatMap((rules, position) =>
    Array.from({ length: perRules }, (_, turn) => ({
      rules: { ...keepEverything, ...rules },
      zone: zones[(position + turn * 3) % zones.length] ?? 'UTC',
    })),
  );
}

/** Writes the histories into a new repository at a path, without waiting for the disk: nobody relies on it. */
export async function writeHistories(root: string, histories: readonly History[]): Promise<void> {
  const backend = new LocalBackend(root, { ...nodeFileOps, fsync: () => {} });
  await initRepository(backend, testOptions);
  const documents = new Documents(backend, new Sealer((await unlock(backend, testPassword)).masterKey), 2);
  for (const { host, snapshots } of histories) {
    for (const { time, tags: own } of snapshots) {
      const rest = { tree: '0'.repeat(64), paths: ['/data'], hostname: host, username: 'user', uid: 1000, gid: 1000 };
      await documents.save('snapshot', JSON.stringify({ time, ...rest, tags: own }));
    }
  }
}
