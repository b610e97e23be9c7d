import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recordingReporter } from '../../testing/recording-reporter.ts';
import type { Hooks, RunHooks } from '../contract.ts';
import { createHooks, type HookOptions } from '../hooks.ts';

/** Why hooks cannot be tried here: what is called must be root's. */
export const whyNoHooks = process.geteuid?.() === 0 ? undefined : 'hooks need files of root, and this is not root';

/** A folder of hooks that write down what they are called with. */
export class HookScene implements Disposable {
  readonly top = mkdtempSync(join(tmpdir(), 'stillpoint-hooks-'));
  readonly folder = join(this.top, 'hooks.d');
  readonly recordsFolder = join(this.top, 'state/hooks');
  readonly report = recordingReporter();
  readonly cancel = new AbortController();
  readonly hooks: Hooks;

  constructor(more: Partial<HookOptions> = {}) {
    mkdirSync(this.folder, { mode: 0o755 });
    chmodSync(this.folder, 0o755);
    this.hooks = createHooks({ folder: this.folder, recordsFolder: this.recordsFolder, ...more });
  }

  /** A shell script that notes its call and then does what is said. `name freeze` stands in `calls`. */
  add(name: string, script = '', mode = 0o755): string {
    const path = join(this.folder, name);
    writeFileSync(path, `#!/bin/sh\necho "${name} $1" >> ${join(this.top, 'calls')}\n${script}\n`);
    chmodSync(path, mode);
    return path;
  }

  get calls(): string[] {
    const path = join(this.top, 'calls');
    return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
  }

  run(...names: readonly string[]): RunHooks {
    return this.hooks.forRun(names, 'Shop', this.report, this.cancel.signal);
  }

  [Symbol.dispose](): void {
    rmSync(this.top, { recursive: true, force: true });
  }
}
