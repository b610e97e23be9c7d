import { faultsToldByKernel, type Guest } from '../../guest/index.ts';
import type { RootVerdict } from './case.ts';

/** What threads of Node are called: the kernel names the thread. The guard, which has no such thread, is not excused. */
const threads = /(?:^|\s)(?:node|MainThread|V8Worker|libuv-worker|DelayedTaskSche|SignalInspector)\[\d+\]/;

/** A process of Node was ended by SIGSEGV while a case was played: what the case showed says nothing about holds. */
export class NodeFaulted extends Error {
  override readonly name = 'NodeFaulted';

  constructor(told: readonly string[], verdict: RootVerdict | undefined) {
    const seen = verdict === undefined ? 'no verdict' : verdict.faults.join('; ');
    super(`in the guest, Node ended in a SIGSEGV while a case was played (${seen}): ${told.join('\n')}`);
  }
}

export async function nodeFaults(guest: Guest): Promise<string[]> {
  return (await faultsToldByKernel(guest)).filter((line) => threads.test(line));
}

/** In Node's own program, or in code that V8 made. A fault in a module, or in libc, may well be a call of ours. */
export function isNodesOwn(fault: string): boolean {
  return !/ in \S+\[[\da-f]+\+/.test(fault) || / in node\[/.test(fault);
}

/** In koffi's or sodium's code. */
export function isInModule(fault: string): boolean {
  return / in \S+\.node\[/.test(fault);
}

/** Of a whole run: a second one is a failure, so that what strikes often is never passed over. */
export class AgainOnce {
  #isUsed = false;

  get isUsed(): boolean {
    return this.#isUsed;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof NodeFaulted) || this.#isUsed) throw error;
      this.#isUsed = true;
      console.log(`soak root: played once more, in another guest: ${error.message}`);
      return work();
    }
  }
}
