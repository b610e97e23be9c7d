import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { changeMark } from '../../../system/fanotify/calls.ts';
import { eventBits, markFlags } from '../../../system/fanotify/constants.ts';
import { type AccessRequest, openPreContentGroup, type PreContentGroup } from '../../../system/fanotify/index.ts';
import { type KeptRun, mostRuns, pageBytes } from '../protocol.ts';
import type { Arena } from './arena.ts';
import { waitingCallOf } from './waiting-call.ts';

/** asm-generic/fcntl.h: names a file without opening it; raises no event. */
const O_PATH = 0o10000000;

export interface KeptFileLimits {
  readonly arena: Arena;
  /** Longest time for which saving may hold up one access, ms. */
  readonly longestWaitMs: number;
  /** Called between pieces of long work: says that the server is awake. */
  readonly beat: () => void;
  /** The product's own by default; tests take one away. */
  readonly steps?: Partial<KeptFileSteps>;
}

export interface KeptFileSteps {
  readonly waitingCallOf: typeof waitingCallOf;
  /** Where the last access of each thread is remembered until the hold. */
  readonly newUnderWay: () => Map<number, Span>;
}

const ownSteps: KeptFileSteps = { waitingCallOf, newUnderWay: () => new Map() };

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The same while all writers of the filesystem wait, for each access that is under way. */
const longestHoldMs = 20;
const pieceBytes = 1024 * 1024;
const piece = Buffer.alloc(pieceBytes);
/** So few at once that their descriptors fit, and that the helper is not kept waiting. */
const events = Buffer.alloc(8 * 1024);

/**
 * One file whose accesses are told to us before they happen. Before the hold they are let go on and remembered; from the
 * hold on, what is about to be overwritten is kept first. Has a group of its own: closing it lets everybody go on.
 */
export class KeptFile {
  readonly group: PreContentGroup;
  readonly #pathFd: number;
  readonly #limits: KeptFileLimits;
  readonly #steps: KeptFileSteps;
  /** Of the last access; reads through it raise no event. Undefined before the first. */
  #readFd: number | undefined;
  #sizeAtHold: number | undefined;
  /** Last access of each thread that was let go on before the hold: it may not have happened yet. */
  readonly #underWay: Map<number, Span>;
  readonly #kept = new Map<number, number>();
  /** Threads that asked before the hold. */
  readonly askers = new Set<number>();
  #copied = 0;
  #isArmed = true;
  torn: string | null = null;
  accesses = 0;
  /** How often somebody opened it anew; the helper does not count. */
  openings = 0;
  savedBytes = 0;
  longestWaitMs = 0;

  constructor(path: string, limits: KeptFileLimits) {
    this.#limits = limits;
    this.#steps = { ...ownSteps, ...limits.steps };
    this.#underWay = this.#steps.newUnderWay();
    this.#pathFd = openSync(path, O_PATH);
    this.group = openPreContentGroup();
    const mask = eventBits.preAccess | eventBits.openPermission;
    changeMark(this.group.fd, markFlags.add, mask, this.#pathFd);
  }

  get isArmed(): boolean {
    return this.#isArmed;
  }

  /** Answers everybody who waits now. */
  answerAll(): void {
    for (const request of this.#isArmed ? this.group.read(events) : []) {
      const began = performance.now();
      this.accesses += 1;
      if (this.#sizeAtHold === undefined) this.askers.add(request.tid);
      try {
        if (this.torn === null) this.#prepareFor(request);
      } catch (error) {
        this.torn ??= `What was about to be overwritten could not be read: ${textOf(error)}.`;
      }
      this.#letGo(request);
      this.longestWaitMs = Math.max(this.longestWaitMs, performance.now() - began);
    }
    if (this.torn !== null) this.disarm();
  }

  /** While frozen. What was let go on before and may still be on its way happens after the thaw: it is kept now. */
  hold(): void {
    this.#sizeAtHold = fstatSync(this.#pathFd).size;
    for (const span of this.#underWay.values()) this.#keep(span, longestHoldMs);
    this.#underWay.clear();
    if (this.torn !== null) this.disarm();
  }

  /** Runs of kept pages in a range; at most `mostRuns`, then `next` says from where to ask again. */
  keptIn(from: number, to: number, copied: number): { readonly runs: KeptRun[]; readonly next: number } {
    this.#releaseBelow(copied);
    const runs: [number, number, number][] = [];
    for (const page of this.#keptPages(from, to)) {
      const at = this.#kept.get(page) ?? 0;
      const last = runs.at(-1);
      if (last !== undefined && last[0] + last[1] === page && last[2] + last[1] === at) last[1] += 1;
      else if (runs.length === mostRuns) return { runs, next: page * pageBytes };
      else runs.push([page, 1, at]);
    }
    return { runs, next: to };
  }

  /** Closing the group lets everybody go on who waits. */
  disarm(): void {
    if (!this.#isArmed) return;
    this.#isArmed = false;
    this.group[Symbol.dispose]();
    if (this.#readFd !== undefined) closeSync(this.#readFd);
    closeSync(this.#pathFd);
    for (const page of this.#kept.values()) this.#limits.arena.release(page);
    this.#kept.clear();
  }

  #prepareFor(request: AccessRequest): void {
    if (this.#readFd !== undefined) closeSync(this.#readFd);
    this.#readFd = request.fd;
    const offset = Number(request.range?.offset ?? 0);
    const count = Number(request.range?.count ?? 0);
    if ((request.mask & eventBits.openPermission) !== 0 && request.tid !== process.ppid) this.openings += 1;
    const call = this.#steps.waitingCallOf(request.tid, request.mask, count);
    switch (call.kind) {
      case 'read':
        // A thread does one thing at a time: what it was let do before is done.
        this.#underWay.delete(request.tid);
        return;
      case 'mapping':
        this.torn = 'A program mapped it into memory, where its changes cannot be seen.';
        return;
      case 'unknown':
        this.torn = 'A program accessed it in a way that Stillpoint does not know.';
        return;
      case 'range':
        // A count of 0 stands for all that follows.
        this.#expect(request.tid, { from: offset, to: count === 0 ? Infinity : offset + count });
        return;
      case 'to-end':
        this.#expect(request.tid, { from: call.from ?? offset, to: Infinity });
        return;
    }
  }

  #expect(tid: number, span: Span): void {
    if (this.#sizeAtHold !== undefined) this.#keep(span, this.#limits.longestWaitMs);
    // One that we cannot name is never known to be done.
    else if (tid > 0) this.#underWay.set(tid, span);
    else this.#underWay.set(-1 - this.#underWay.size, span);
  }

  /** Reads old content of every page in the span that is neither kept nor copied yet. */
  #keep({ from, to }: Span, limitMs: number): void {
    const size = this.#sizeAtHold ?? 0;
    const end = Math.min(to, size);
    const startedAt = performance.now();
    for (let at = Math.max(from, this.#copied); at < end && this.torn === null; ) {
      const first = Math.floor(at / pageBytes);
      if (this.#kept.has(first)) {
        at = (first + 1) * pageBytes;
        continue;
      }
      let pages = 1;
      while (pages < pieceBytes / pageBytes && (first + pages) * pageBytes < end && !this.#kept.has(first + pages))
        pages += 1;
      this.#keepPages(first, Math.min(pages * pageBytes, size - first * pageBytes));
      at = (first + pages) * pageBytes;
      if (at < end && performance.now() - startedAt > limitMs)
        this.torn = `Keeping what was overwritten would have held up a program for more than ${limitMs} ms.`;
      this.#limits.beat();
    }
  }

  #keepPages(first: number, length: number): void {
    if (Math.ceil(length / pageBytes) > this.#limits.arena.freePages) {
      this.torn = 'More was overwritten while it was being copied than fits into the memory set aside for that.';
      return;
    }
    if (this.#readFd === undefined) throw new Error('nobody has accessed it');
    for (let done = 0; done < length; ) {
      const count = readSync(this.#readFd, piece, done, length - done, first * pageBytes + done);
      if (count === 0) {
        this.torn = 'It became shorter without notice.';
        return;
      }
      done += count;
    }
    for (const [index, page] of this.#limits.arena.keep(piece.subarray(0, length)).entries())
      this.#kept.set(first + index, page);
    this.savedBytes += length;
  }

  #releaseBelow(copied: number): void {
    if (copied <= this.#copied) return;
    for (const page of this.#keptPages(this.#copied, copied)) {
      if ((page + 1) * pageBytes > copied) continue;
      this.#limits.arena.release(this.#kept.get(page) ?? 0);
      this.#kept.delete(page);
    }
    this.#copied = copied;
  }

  /** In order. Looks at whichever is fewer: the pages of the range, or those that are kept. */
  #keptPages(from: number, to: number): number[] {
    const first = Math.floor(from / pageBytes);
    const end = Math.ceil(to / pageBytes);
    if (end - first > this.#kept.size)
      return [...this.#kept.keys()].filter((page) => page >= first && page < end).sort((a, b) => a - b);
    const pages: number[] = [];
    for (let page = first; page < end; page += 1) if (this.#kept.has(page)) pages.push(page);
    return pages;
  }

  #letGo(request: AccessRequest): void {
    try {
      this.group.answer(request, 'allow');
    } catch {
      // ENOENT: whoever waited was killed.
    }
    if (request.fd !== this.#readFd) closeSync(request.fd);
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
