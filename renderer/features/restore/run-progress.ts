import type { Progress } from '../../../shared/domain/run.ts';

export interface ShownProgress {
  /** 0 to 1; null while the whole is not known, when a bar would only pretend. */
  readonly fraction: number | null;
}

/** How far a run is, by bytes where there are any, else by files. Never 1 before the run says so itself. */
export function shownProgress(progress: Progress | null): ShownProgress {
  if (progress === null) return { fraction: null };
  const { bytes, totalBytes, files, totalFiles } = progress;
  if (totalBytes !== null && totalBytes > 0) return { fraction: Math.min(0.99, bytes / totalBytes) };
  if (totalFiles !== null && totalFiles > 0) return { fraction: Math.min(0.99, files / totalFiles) };
  return { fraction: null };
}
