import { maxListedPaths } from '../../../../shared/domain/evidence.ts';

/** What could not be set, once per kind. */
export const lossKinds = ['owner', 'set-id', 'attributes', 'mode', 'times', 'hard-link'] as const;
export type LossKind = (typeof lossKinds)[number];

export function isLoss(text: string): text is LossKind {
  return lossKinds.some((kind) => kind === text);
}

const words: Readonly<Record<LossKind, (count: string) => string>> = {
  owner: (entries) => `The owner of ${entries} could not be set: only an administrator may give files to others.`,
  'set-id': (entries) =>
    `The set-user-id or set-group-id mark of ${entries} was left off, because the owner could not be set.`,
  attributes: (entries) => `Extended attributes or access lists of ${entries} could not be set here.`,
  mode: (entries) => `The permissions of ${entries} could not be set here.`,
  times: (entries) => `The times of ${entries} could not be set here.`,
  'hard-link': (entries) =>
    `${entries} that shared their content are separate copies now: this filesystem cannot link them.`,
};

/** Collects what a restore could not do: entries one by one, losses of metadata once per kind with a count. */
export class EntryWarnings {
  readonly #entries: { readonly path: string; readonly text: string }[] = [];
  readonly #losses = new Map<LossKind, { readonly path: string; count: number }>();
  #total = 0;

  add(path: string, text: string): void {
    this.#total += 1;
    if (this.#entries.length < maxListedPaths) this.#entries.push({ path, text });
  }

  lose(kind: LossKind, path: string): void {
    const known = this.#losses.get(kind);
    if (known) known.count += 1;
    else this.#losses.set(kind, { path, count: 1 });
  }

  get list(): readonly { readonly path: string; readonly text: string }[] {
    const losses = [...this.#losses].map(([kind, { path, count }]) => ({
      path,
      text: words[kind](count === 1 ? '1 entry' : `${count.toLocaleString('en')} entries`),
    }));
    return [...losses, ...this.#entries].slice(0, maxListedPaths);
  }

  get total(): number {
    return this.#total + this.#losses.size;
  }
}
