import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Observation } from '../../../../../shared/domain/evidence.ts';
import type { FilesystemFacts } from '../../../sources/index.ts';
import type { StillEntry, StillView } from '../../contract.ts';
import { examineFolder } from '../../testing/examine-folder.ts';
import { judge } from '../../testing/judge.ts';
import { readView } from '../../testing/read-view.ts';
import { recordingReporter } from '../../testing/recording-reporter.ts';
import { createLive, type LiveOptions } from '../live.ts';

export const { signal } = new AbortController();
const nothing = { files: 0, directories: 0, others: 0, bytes: 0, torn: [], unreadable: [], vanished: [] };

export async function run<T>(facts: FilesystemFacts, use: (view: StillView) => Promise<T>, options: LiveOptions = {}) {
  const report = recordingReporter();
  const { value, evidence } = await createLive(options).withStillView(
    facts,
    { longestStallMs: 250 },
    { signal, report },
    use,
  );
  const observation = evidence.observation as Observation;
  return { value, evidence, observation, report, level: judge(evidence, nothing).level };
}

/** The level when everything is read, and something happens before or after that. */
export async function levelWhen(root: string, before: () => unknown = () => {}, after: () => unknown = () => {}) {
  return run(await examineFolder(root), async (view) => {
    await before();
    const files = await readView(view, signal);
    await after();
    return files;
  });
}

/** A tree of its own for each test, in a folder. */
export class NewTrees {
  readonly #folder: string;
  #count = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  make(): string {
    this.#count += 1;
    const root = join(this.#folder, `tree-${this.#count}`);
    mkdirSync(join(root, 'folder'), { recursive: true });
    writeFileSync(join(root, 'file'), 'content');
    writeFileSync(join(root, 'folder', 'other'), 'other');
    return root;
  }
}

export async function listAll(entry: StillEntry): Promise<void> {
  for await (const child of entry.children?.() ?? []) await listAll(child);
}
