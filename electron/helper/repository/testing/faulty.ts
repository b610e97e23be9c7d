import { setTimeout as sleep } from 'node:timers/promises';
import { StillpointError } from '../../../../shared/errors/index.ts';
import type {
  Backend,
  ByteRange,
  CallOptions,
  FileKind,
  FileRef,
  ListedFile,
  ListedKind,
  PlaceContent,
} from '../backend/contract.ts';

type Operation = 'save' | 'load' | 'list' | 'stat' | 'remove';

type Effect =
  | { readonly kind: 'fail'; readonly error: () => Error }
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'lose' }
  | { readonly kind: 'change'; readonly change: (bytes: Buffer) => Buffer }
  | { readonly kind: 'call'; readonly hook: () => void | Promise<void> };

interface Fault {
  readonly operation: Operation;
  readonly kind: FileKind | undefined;
  readonly from: number;
  readonly to: number;
  readonly effect: Effect;
  seen: number;
}

/**
 * A backend that misbehaves on purpose:
 *
 *     const backend = faulty(new MemoryBackend());
 *     backend.on('save', 'pack').nth(3).fails(diskFull());
 *     backend.on('save', 'index').every().takes(20);
 *     backend.on('save', 'pack').nth(1).truncatesTo(100);
 *     backend.on('load', 'pack').nth(2).flipsByte(17);
 *     backend.on('save', 'snapshot').nth(1).isLost();
 */
export function faulty(inner: Backend): FaultyBackend {
  return new FaultyBackend(inner);
}

export function diskFull(): StillpointError {
  return new StillpointError({ kind: 'repository-full', message: 'No space left (test).', guidance: 'Free space.' });
}

export function diskError(): StillpointError {
  return new StillpointError({ kind: 'io', message: 'Input/output error (test).', guidance: 'Check the disk.' });
}

export class FaultyBackend implements Backend {
  readonly location: string;
  /** Every operation in order, as `save pack`, for tests of ordering. */
  readonly log: string[] = [];
  readonly #inner: Backend;
  readonly #faults: Fault[] = [];

  constructor(inner: Backend) {
    this.#inner = inner;
    this.location = inner.location;
  }

  on(operation: Operation, kind?: FileKind): FaultTimes {
    return new FaultTimes((from, to, effect) => this.#faults.push({ operation, kind, from, to, effect, seen: 0 }));
  }

  /** Everything works again. */
  heal(): void {
    this.#faults.length = 0;
  }

  seesAtOnce(): boolean {
    return this.#inner.seesAtOnce?.() ?? false;
  }

  probe(): Promise<PlaceContent> {
    return this.#inner.probe();
  }

  prepare(): Promise<void> {
    return this.#inner.prepare();
  }

  async list(kind: ListedKind, options?: CallOptions): Promise<readonly ListedFile[]> {
    await this.#before('list', kind);
    return this.#inner.list(kind, options);
  }

  async stat(file: FileRef): Promise<number | undefined> {
    await this.#before('stat', file.kind);
    return this.#inner.stat(file);
  }

  writtenMs(file: FileRef): Promise<number | null | undefined> {
    return this.#inner.writtenMs(file);
  }

  async load(file: FileRef, range?: ByteRange, options?: CallOptions): Promise<Buffer | undefined> {
    const effect = await this.#before('load', file.kind);
    const bytes = await this.#inner.load(file, range, options);
    return bytes && effect?.kind === 'change' ? effect.change(bytes) : bytes;
  }

  async save(file: FileRef, bytes: Uint8Array, options?: CallOptions): Promise<void> {
    const effect = await this.#before('save', file.kind);
    if (effect?.kind === 'lose') return;
    const changed = effect?.kind === 'change' ? effect.change(Buffer.from(bytes)) : bytes;
    await this.#inner.save(file, changed, options);
  }

  async remove(file: FileRef): Promise<boolean> {
    await this.#before('remove', file.kind);
    return this.#inner.remove(file);
  }

  sweep(ageMs: number): Promise<number> {
    return this.#inner.sweep(ageMs);
  }

  async #before(operation: Operation, kind: FileKind): Promise<Effect | undefined> {
    this.log.push(`${operation} ${kind}`);
    let applied: Effect | undefined;
    for (const fault of this.#faults) {
      if (fault.operation !== operation || (fault.kind !== undefined && fault.kind !== kind)) continue;
      fault.seen += 1;
      if (fault.seen < fault.from || fault.seen > fault.to) continue;
      applied = fault.effect;
      if (applied.kind === 'fail') throw applied.error();
      if (applied.kind === 'delay') await sleep(applied.ms);
      if (applied.kind === 'call') await applied.hook();
    }
    return applied;
  }
}

type AddFault = (from: number, to: number, effect: Effect) => void;

class FaultTimes {
  readonly #add: AddFault;

  constructor(add: AddFault) {
    this.#add = add;
  }

  /** Only the nth such operation from now on, counted from 1. */
  nth(n: number): FaultEffects {
    return new FaultEffects((effect) => this.#add(n, n, effect));
  }

  /** The nth and all that follow. */
  from(n: number): FaultEffects {
    return new FaultEffects((effect) => this.#add(n, Number.POSITIVE_INFINITY, effect));
  }

  every(): FaultEffects {
    return this.from(1);
  }
}

class FaultEffects {
  readonly #add: (effect: Effect) => void;

  constructor(add: (effect: Effect) => void) {
    this.#add = add;
  }

  fails(error: Error): void {
    this.#add({ kind: 'fail', error: () => error });
  }

  /** Milliseconds before it is done. */
  takes(ms: number): void {
    this.#add({ kind: 'delay', ms });
  }

  /** A save that claims success and stores nothing. */
  isLost(): void {
    this.#add({ kind: 'lose' });
  }

  truncatesTo(length: number): void {
    this.#add({ kind: 'change', change: (bytes) => bytes.subarray(0, length) });
  }

  flipsByte(at: number): void {
    this.#add({
      kind: 'change',
      change: (bytes) => {
        bytes[at] = (bytes[at] ?? 0) ^ 0xff;
        return bytes;
      },
    });
  }

  /** Runs before the operation: a cancel at an exact place, say. */
  calls(hook: () => void | Promise<void>): void {
    this.#add({ kind: 'call', hook });
  }
}
