import { scrypt } from 'node:crypto';
import { unsupported } from '../failures.ts';
import type { ScryptCost } from '../format/key-file.ts';
import { type MixCost, scryptBlocks, scryptEnd } from './scrypt-mix.ts';
import type { SealKey } from './sealer.ts';

export const saltLength = 64;
const derivedLength = 64;

/** A key file from elsewhere may ask for any cost; beyond this it would only stall or exhaust the machine. */
const maxMemory = 1024 * 1024 * 1024;
const maxWork = 2 ** 28;

/** Cheap on purpose: tests only. */
export const testCost: ScryptCost = { N: 128, r: 1, p: 1 };

const calibratedN = 32768;
const calibratedR = 8;
const calibrationTargetMs = 500;
const maxCalibratedP = 16;

/** Mixes blocks of scrypt in place, shared out to threads. Rejects where it cannot be relied on: then node's scrypt serves. */
export type MixOnThreads = (blocks: Buffer, cost: MixCost) => Promise<void>;

/** Each thread takes two blocks' memory; what needs more than this is left to node, which mixes one after the other. */
const mostShared = 64 * 1024 * 1024;
/** Less than this is over before a thread has started. */
const leastShared = 16 * 1024 * 1024;

/**
 * Key encryption key of a password. Runs on the thread pool, or shared out by `mix`, which takes half as long on two
 * processors; the event loop stays free.
 */
export async function derivePasswordKey(
  password: string,
  salt: Buffer,
  cost: ScryptCost,
  mix?: MixOnThreads,
): Promise<SealKey> {
  const { N, r, p } = cost;
  const memory = 128 * r * (N + p + 2);
  const valid = N > 1 && Number.isInteger(Math.log2(N)) && r > 0 && p > 0;
  if (!valid || memory > maxMemory || N * r * p > maxWork) {
    throw unsupported(`A key of this repository asks for a password hash of unusual cost (N=${N}, r=${r}, p=${p}).`);
  }
  const shared = mix && p > 1 && 128 * N * r >= leastShared && 128 * N * r <= mostShared ? mix : undefined;
  const derived =
    (shared && (await deriveShared(password, salt, cost, shared))) ??
    (await new Promise<Buffer>((resolve, reject) => {
      const options = { N, r, p, maxmem: memory + 1024 * 1024 };
      scrypt(Buffer.from(password, 'utf8'), salt, derivedLength, options, (error, key) =>
        error ? reject(error) : resolve(key),
      );
    }));
  return { encrypt: derived.subarray(0, 32), macK: derived.subarray(32, 48), macR: derived.subarray(48, 64) };
}

async function deriveShared(password: string, salt: Buffer, cost: ScryptCost, mix: MixOnThreads) {
  const blocks = scryptBlocks(password, salt, cost);
  try {
    await mix(blocks, cost);
    return scryptEnd(password, blocks, derivedLength);
  } catch {
    return undefined;
  } finally {
    blocks.fill(0);
  }
}

/**
 * A cost of about half a second on this machine with 32 MiB of memory. One measurement; a busy or slow machine gets
 * the least cost, a fast one no more than sixteen rounds, so that the repository opens on other machines too.
 */
export async function calibrateCost(nowMs: () => number = () => performance.now()): Promise<ScryptCost> {
  const cost = { N: calibratedN, r: calibratedR, p: 1 };
  const before = nowMs();
  await derivePasswordKey('calibration', Buffer.alloc(saltLength), cost);
  const rounds = Math.round(calibrationTargetMs / Math.max(nowMs() - before, 1));
  return { ...cost, p: Math.min(Math.max(rounds, 2), maxCalibratedP) };
}
