import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface ScratchFolder extends Disposable {
  readonly path: string;
}

/** A folder of the test's own, gone when the test ends. */
export function scratchFolder(name: string): ScratchFolder {
  const path = mkdtempSync(join(tmpdir(), `stillpoint-${name}-`));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
