import { throwIfAborted } from '../../../../shared/errors/index.ts';
import type { Backend, FileRef } from '../backend/contract.ts';
import { diskError } from '../backend/local/disk-errors.ts';
import { Breather } from '../breather.ts';
import type { MasterKey } from '../crypto/master-key.ts';
import type { Sealer } from '../crypto/sealer.ts';
import type { PackId } from '../format/ids.ts';
import type { BlobIndex } from '../index/blob-index.ts';
import { blobAt, type ListedBlobs } from '../index/listed-blobs.ts';
import type { CheckContext, DataRead, Finding } from './finding.ts';
import { type InspectedPack, type KnownOfPack, nothingKnown, PackInspector } from './inspect-pack.ts';
import type { Inspectors, StartInspecting } from './inspecting.ts';
import type { LookAhead } from './look-ahead.ts';

/** Packs under way hold no more than this together, in bytes, unless one alone does. */
const mostBytesAtOnce = 128 * 1024 * 1024;
/** Packs for each that looks through them: one is looked at, the next is there already. */
const packsEach = 2;

export interface DataCheck {
  readonly backend: Backend;
  readonly sealer: Sealer;
  readonly key: MasterKey;
  readonly index: BlobIndex;
  /** Which packs are read. */
  readonly isChosen: (id: PackId) => boolean;
  /** Length in bytes of the packs that are there. */
  readonly sizes: ReadonlyMap<string, number>;
  /** Without it everything is computed here, a pack at a time. */
  readonly start?: StartInspecting | undefined;
  readonly ahead?: LookAhead | undefined;
  /** For each of the listed blobs of a pack: 1 where it was opened from there and is whole. */
  readonly wholeIn?: ((id: PackId, listed: ListedBlobs) => Uint8Array | undefined) | undefined;
}

/**
 * Reads every byte of the chosen packs that are listed and there: its hash, its header against the index, and each blob.
 * Findings are told in the order of the packs, whoever was done first.
 */
export async function checkData(check: DataCheck, context: CheckContext): Promise<DataRead> {
  const { index, sizes, isChosen } = check;
  const sizeOf = (id: PackId): number => sizes.get(id) ?? 0;
  const present = index.packIds.filter((id) => sizes.has(id));
  const chosen = present.filter(isChosen);
  const sum = (ids: readonly PackId[]): number => ids.reduce((bytes, id) => bytes + sizeOf(id), 0);
  const total = sum(chosen);
  const findings: (readonly Finding[])[] = [];
  const taken = await check.ahead?.take();
  const named = taken?.named ?? new Map<string, number>();
  const reading = new Reading(check, taken?.inspectors, context.signal);
  try {
    let done = 0;
    context.progress({ phase: 'data', done, total });
    const packs = index.columnsByPack();
    for (const position of inReadingOrder(chosen, index, sizes)) {
      const id = chosen[position] as PackId;
      await reading.room(sizeOf(id));
      const listed = packs.blobsOf(id);
      const known = { isNamed: named.get(id) === sizeOf(id), whole: check.wholeIn?.(id, listed) };
      reading.inspect(id, sizeOf(id), { listed, known }, (damage) => {
        if (damage === 'misread' || isDamage(damage)) findings[position] = findingsOf(id, listed, damage);
        done += sizeOf(id);
        context.progress({ phase: 'data', done, total });
      });
    }
    await reading.end();
  } finally {
    await reading.close();
  }
  for (const finding of findings.flat()) context.report(finding);
  return { packs: chosen.length, bytes: total, allPacks: present.length, allBytes: sum(present) };
}

/**
 * Places in the list, the longest packs first, so that all who read are busy to the end; those of directories last: most of
 * them were opened by then.
 */
function inReadingOrder(chosen: readonly PackId[], index: BlobIndex, sizes: ReadonlyMap<string, number>): Uint32Array {
  const { types } = index.columns;
  const holdsTrees = new Map<PackId, boolean>();
  index.eachEntry((entry, pack) => {
    if (types[entry] === 1) holdsTrees.set(index.packIds[pack] as PackId, true);
  });
  const rank = Float64Array.from(chosen, (id) => (sizes.get(id) ?? 0) - (holdsTrees.has(id) ? 2 ** 40 : 0));
  return Uint32Array.from(chosen.keys()).sort((one, other) => (rank[other] ?? 0) - (rank[one] ?? 0) || one - other);
}

type Inspected = InspectedPack | 'vanished';

function isDamage(found: Inspected): boolean {
  return found === 'vanished' || found.pack.length + found.blobs.length > 0;
}

interface Pack {
  readonly listed: ListedBlobs;
  readonly known: KnownOfPack;
}

/** Packs that are under way: as many as keep all inspectors busy, and no more bytes than are allowed. */
class Reading {
  readonly #backend: Backend;
  readonly #inspectors: Inspectors;
  readonly #ending = new AbortController();
  readonly #signal: AbortSignal;
  readonly #underWay = new Set<Promise<void>>();
  readonly #atOnce: number;
  #bytes = 0;
  #failure: { readonly error: unknown } | undefined;
  readonly #cancelled = Promise.withResolvers<void>();

  constructor(
    { backend, sealer, key, start }: DataCheck,
    begun: Inspectors | undefined,
    signal: AbortSignal | undefined,
  ) {
    this.#backend = backend;
    this.#signal = signal ? AbortSignal.any([signal, this.#ending.signal]) : this.#ending.signal;
    if (this.#signal.aborted) this.#cancelled.resolve();
    else this.#signal.addEventListener('abort', () => this.#cancelled.resolve(), { once: true });
    this.#inspectors = begun ?? start?.() ?? inspectHere(sealer, this.#signal);
    this.#inspectors.unlock(key);
    this.#atOnce = this.#inspectors.isHere ? 1 : this.#inspectors.atOnce * packsEach;
  }

  /** Resolves when a pack of so many bytes may be read. Throws what a pack before it met. */
  async room(size: number): Promise<void> {
    await this.#until(
      () => this.#underWay.size === 0 || (this.#underWay.size < this.#atOnce && this.#bytes + size <= mostBytesAtOnce),
    );
  }

  inspect(id: PackId, size: number, pack: Pack, tell: (damage: Inspected | 'misread') => void): void {
    this.#bytes += size;
    const work = this.#inspectSurely(id, pack)
      .then(tell)
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => {
        this.#bytes -= size;
        this.#underWay.delete(work);
      });
    this.#underWay.add(work);
  }

  end(): Promise<void> {
    return this.#until(() => this.#underWay.size === 0);
  }

  /** Also in the midst of packs: a thread that reads is ended, a place that stalls is not waited for. */
  async close(): Promise<void> {
    this.#ending.abort();
    await this.#inspectors.close();
    await Promise.all(this.#underWay);
  }

  async #until(isSo: () => boolean): Promise<void> {
    for (;;) {
      throwIfAborted(this.#signal);
      if (this.#failure !== undefined) throw this.#failure.error;
      if (isSo()) return;
      await Promise.race([...this.#underWay, this.#cancelled.promise]);
    }
  }

  /** What seems damaged is read a second time, from the medium where that can be asked for: memory and cables err as well. */
  async #inspectSurely(id: PackId, pack: Pack): Promise<Inspected | 'misread'> {
    const first = await this.#inspect(id, pack);
    if (!isDamage(first)) return first;
    await this.#backend.digest?.({ kind: 'pack', name: id }, { signal: this.#signal });
    const second = await this.#inspect(id, { listed: pack.listed, known: nothingKnown });
    return isDamage(second) ? second : 'misread';
  }

  async #inspect(id: PackId, { listed, known }: Pack): Promise<Inspected> {
    const file: FileRef = { kind: 'pack', name: id };
    if (this.#backend.open === undefined || this.#inspectors.isHere === true) {
      const bytes = await this.#backend.load(file, undefined, { signal: this.#signal });
      return bytes === undefined ? 'vanished' : this.#inspectors.inspect(id, { bytes }, listed, known);
    }
    const opened = await this.#backend.open(file);
    if (opened === undefined) return 'vanished';
    try {
      return await this.#inspectors.inspect(id, opened, listed, known);
    } catch (error) {
      throw isOfSystem(error) ? diskError(error, `read pack ${id.slice(0, 8)}`, this.#backend.location) : error;
    } finally {
      this.#backend.closeFile?.(opened.descriptor);
    }
  }
}

function isOfSystem(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

function inspectHere(sealer: Sealer, signal: AbortSignal): Inspectors {
  const inspector = new PackInspector(sealer);
  return {
    atOnce: 1,
    isHere: true,
    unlock: () => {},
    async inspect(id, bytes, listed, known) {
      if (!('bytes' in bytes)) throw new TypeError('bytes are loaded for who computes here');
      const breather = new Breather();
      const steps = inspector.inspect(id, bytes.bytes, listed, known);
      for (let step = steps.next(); ; step = steps.next()) {
        if (step.done) return step.value;
        await breather.breathe(signal);
      }
    },
    close: async () => {},
  };
}

function findingsOf(id: PackId, listed: ListedBlobs, damage: Inspected | 'misread'): Finding[] {
  if (damage === 'misread') {
    const text = `Pack ${id.slice(0, 8)} was read wrong once and right at once afterwards: what is stored is whole. Memory, a cable or the line is not to be trusted.`;
    return [{ severity: 'warning', code: 'pack-misread', text, affects: [], file: id }];
  }
  const pack = damage === 'vanished' ? ['vanished while it was checked'] : damage.pack;
  const blobs = damage === 'vanished' ? [] : damage.blobs;
  return [
    ...pack.map((why): Finding => {
      const text = `Pack ${id.slice(0, 8)} ${why}.`;
      return { severity: 'error', code: 'pack-damaged', text, affects: [], file: id };
    }),
    ...blobs.map(({ at, why }): Finding => {
      const blob = blobAt(listed, at);
      const text = `The ${blob.type} blob ${blob.id.slice(0, 8)} in pack ${id.slice(0, 8)} is damaged: ${why}.`;
      return { severity: 'error', code: 'blob-damaged', text, affects: [], file: id, blob: blob.id };
    }),
  ];
}
