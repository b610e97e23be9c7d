/** Milliseconds since the epoch, or until somebody resumes. */
export type PausedUntil = number | 'forever';

/** `${folder}/pause.json`: whether scheduled runs are paused, for whoever runs them. */
export class PauseFile {
  constructor(_folder: string) {
    throw new Error('not written yet');
  }

  /** Null: not paused. A damaged file counts as not paused, and `problem` says so, for people. */
  read(): Promise<{ readonly until: PausedUntil | null; readonly problem: string | null }> {
    throw new Error('not written yet');
  }

  write(_until: PausedUntil | null): Promise<void> {
    throw new Error('not written yet');
  }
}
