import type { TFunction } from 'i18next';
import type { ChangedFiles } from './changed-files.ts';

/** `3 documents, 12 logs and caches changed while being read`, documents first; `t` speaks `changed-files`. */
export function changedWords(files: ChangedFiles<unknown>, t: TFunction<'changed-files'>): string {
  const parts = [
    files.documents.length === 0 ? '' : t('documents', { count: files.documents.length }),
    files.logsAndCaches.length === 0 ? '' : t('logs', { count: files.logsAndCaches.length }),
    files.unlisted === 0 ? '' : t('unlisted', { count: files.unlisted }),
  ].filter((part) => part !== '');
  return t('changed', { what: parts.join(', ') });
}
