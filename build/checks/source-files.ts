import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const treeRoot = fileURLToPath(new URL('../..', import.meta.url));

export interface SourceFile {
  /** Below the top of the tree, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** Every file of the tree that is tracked, or would be with `git add`: what is ignored is nobody's source. */
export function listFiles(): readonly string[] {
  const printed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: treeRoot,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  // A file deleted but still in the index is listed too.
  return [...new Set(printed.split('\0'))].filter((path) => path !== '' && existsSync(treeRoot + path)).sort();
}

export function readFiles(matching: RegExp): readonly SourceFile[] {
  return listFiles()
    .filter((path) => matching.test(path))
    .map((path) => ({ path, text: readFileSync(treeRoot + path, 'utf8') }));
}

/** Tests and test kits: they may reach further than the code they test, and nothing else may reach them. */
export function isTestFile(path: string): boolean {
  return /\.(test|itest|spec)\.tsx?$/.test(path) || /(^|\/)testing\//.test(path);
}
