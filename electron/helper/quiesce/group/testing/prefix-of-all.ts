/** What each folder has of the steps of `alternating-writer`, by its `log` and `last`. */
export interface FolderState {
  readonly log: string;
  readonly last: string | undefined;
}

/** Why the folders together are no state that ever was, for a test's message; null when they are one. */
export function whyNoPrefix(folders: readonly FolderState[]): string | null {
  const steps = folders.map(({ log }) => log.split('\n').filter((line) => line !== ''));
  const total = steps.reduce((sum, lines) => sum + lines.length, 0);
  for (const [at, lines] of steps.entries()) {
    for (const [index, line] of lines.entries())
      if (Number(line) !== index * folders.length + at) return `folder ${at} has ${line} as its line ${index}`;
    const expected = Math.ceil((total - at) / folders.length);
    if (lines.length !== expected) return `of ${total} steps folder ${at} has ${lines.length} and not ${expected}`;
    const last = Number(folders[at]?.last ?? '-1');
    // A rename comes after the line of its step and before the next step.
    const newest = steps.flatMap((all) => all.map(Number)).reduce((most, step) => Math.max(most, step), -1);
    const renamed = lastRename(lines.map(Number), folders.length, newest);
    if (!renamed.includes(last)) return `folder ${at} has ${last} as its last, and not ${renamed.join(' or ')}`;
  }
  return null;
}

/** The last step of a folder that renames; the one before it as well, while that step is the newest of all. */
function lastRename(steps: readonly number[], folders: number, newest: number): number[] {
  const renames = [-1, ...steps.filter((step) => step % 16 < folders)];
  const last = renames.at(-1) ?? -1;
  return last === newest ? [last, renames.at(-2) ?? -1] : [last];
}
