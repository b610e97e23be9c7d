import { hasCode } from '../../system/errno.ts';
import { itemPath, type PlanItem, pathBelowRoot, stepsToItem } from '../plan/plan-item.ts';
import { isSameVersion } from '../target/found.ts';
import { listOrEnd } from './entry-failure.ts';
import type { RestoreContext } from './restore-context.ts';

interface AsideEntry {
  readonly item: PlanItem;
  readonly name: Buffer;
}

/**
 * What stood where something of another kind is put: moved aside under a name of ours in its own directory, announced in
 * the journal, until the run is over. Only then is it removed, and only what the plan listed of it.
 */
export class AsideEntries {
  readonly #context: RestoreContext;
  readonly #entries: AsideEntry[] = [];
  readonly #items = new Set<PlanItem>();

  constructor(context: RestoreContext) {
    this.#context = context;
  }

  /** Whether what was in the way of this item is aside: then what was in it may be deleted. */
  has(item: PlanItem): boolean {
    return this.#items.has(item);
  }

  async move(item: PlanItem, n: number): Promise<void> {
    const { journal, target, tempPrefix } = this.#context;
    const name = Buffer.from(`${tempPrefix}-${n}-aside`);
    journal.append({ record: 'aside', n, name: name.toString() });
    await journal.sync();
    target.ops.renameSync(target.entry(item.in, item.name), target.entry(item.in, name));
    this.#entries.push({ item, name });
    this.#items.add(item);
    // From here on, what the plan deletes inside it is found under the new name.
    if (item.type !== 'dir' && item.directory) item.directory.name = name;
  }

  /** Puts an entry back whose replacement did not come about. */
  putBack(item: PlanItem): void {
    const index = this.#entries.findIndex((entry) => entry.item === item);
    const entry = this.#entries[index];
    if (!entry) return;
    const { target } = this.#context;
    if (target.lookAt(item.in, item.name) !== null) return;
    target.ops.renameSync(target.entry(item.in, entry.name), target.entry(item.in, item.name));
    if (item.type !== 'dir' && item.directory) item.directory.name = item.name;
    this.#entries.splice(index, 1);
    this.#items.delete(item);
  }

  /** After the deletions: what is left of it goes, or stays under a name that says why. Returns the directories touched. */
  removeAll(): readonly PlanItem['in'][] {
    for (const { item, name } of this.#entries) {
      try {
        this.#remove(item, name);
      } catch (error) {
        listOrEnd(this.#context, item, error);
      }
    }
    return this.#entries.map(({ item }) => item.in);
  }

  #remove(item: PlanItem, name: Buffer): void {
    const { target } = this.#context;
    const now = target.lookAt(item.in, name);
    if (now === null) return;
    const expected = this.#context.expected(item);
    try {
      if (now.type === 'dir') target.ops.rmdirSync(target.entry(item.in, name));
      else if (expected && isSameVersion(expected, { ...now, ctimeNs: expected.ctimeNs })) {
        target.ops.unlinkSync(target.entry(item.in, name));
      } else this.#keep(item, name);
    } catch (error) {
      if (!hasCode(error, 'ENOTEMPTY', 'EEXIST')) throw error;
      this.#keep(item, name);
    }
  }

  #keep(item: PlanItem, name: Buffer): void {
    const { target, warnings } = this.#context;
    const kept = keptName(item.name, (candidate) => target.lookAt(item.in, candidate) !== null);
    target.ops.renameSync(target.entry(item.in, name), target.entry(item.in, kept));
    warnings.add(
      itemPath(item),
      `Somebody changed what was here before; it is kept as ${pathBelowRoot([...stepsToItem(item).slice(0, -1), kept])}.`,
    );
  }
}

/** `name.kept`, or with a number. Cut so that it fits into a name of 255 bytes. */
export function keptName(name: Buffer, isTaken: (candidate: Buffer) => boolean): Buffer {
  const start = name.subarray(0, 240);
  for (let number = 1; ; number += 1) {
    const candidate = Buffer.concat([start, Buffer.from(number === 1 ? '.kept' : `.kept-${number}`)]);
    if (!isTaken(candidate)) return candidate;
  }
}
