import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { CaseResult } from '../../harness/soak.ts';
import { makeCut, type Remainder, unflushedAt } from './cut-image.ts';
import { type History, makeHistory, type Phase } from './history.ts';
import { judgeCut } from './judge-cut.ts';
import { type DiskType, type LoggedDisk, openLoggedDisk } from './logged-disk.ts';

export interface PowerCase {
  readonly type: DiskType;
  readonly phase: Phase;
  readonly remainder: Remainder;
  readonly goOn: boolean;
}

/** So many cuts are made of one history before another is made. */
const cutsEach = 40;

/** Histories on logged disks, made as they are needed. */
export class PowerPlace implements AsyncDisposable {
  readonly #open = new Map<DiskType, { disk: LoggedDisk; history: History; cuts: number }>();

  /** Cuts in the middle of a command of that phase, and judges what is left. */
  async run({ type, phase, remainder, goOn }: PowerCase): Promise<CaseResult> {
    const { disk, history } = await this.#historyOn(type);
    const steps = history.steps.filter((step) => step.phase === phase);
    const step = steps[Math.floor(Math.random() * steps.length)];
    if (step === undefined) throw new Error(`nothing was logged of ${phase}`);
    const somewhere = (): number => step.from + Math.floor(Math.random() * (step.to - step.from + 1));
    // Where much is under way there is more to lose: the best of a few.
    const tries = Array.from({ length: remainder === 'instant' ? 1 : 4 }, somewhere);
    const position = Math.max(...tries.map((at) => unflushedAt(disk.log, at) * 1e9 + at)) % 1e9;
    const image = join(disk.folder, 'cut');
    try {
      const cut = { position, remainder, random: Math.random };
      const facts = await makeCut(disk.base, disk.log, cut, image);
      const { faults, restored } = await judgeCut(disk, image, history, position, goOn);
      const all = { type, position, of: disk.log.entries.length, ...facts, restored };
      return { ok: faults.length === 0, facts: faults.length === 0 ? all : { ...all, faults: faults.join('\n') } };
    } finally {
      rmSync(image, { force: true });
    }
  }

  async #historyOn(type: DiskType): Promise<{ disk: LoggedDisk; history: History }> {
    const known = this.#open.get(type);
    if (known !== undefined && known.cuts < cutsEach) {
      known.cuts += 1;
      return known;
    }
    this.#open.delete(type);
    await known?.disk[Symbol.asyncDispose]();
    const disk = await openLoggedDisk(type);
    try {
      const history = await makeHistory(disk, Math.random);
      await disk.stop();
      this.#open.set(type, { disk, history, cuts: 1 });
      return { disk, history };
    } catch (error) {
      await disk[Symbol.asyncDispose]();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { disk } of this.#open.values()) await disk[Symbol.asyncDispose]();
    this.#open.clear();
  }
}
