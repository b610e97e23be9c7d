import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { PathNote } from '../../../shared/domain/evidence.ts';
import { groupChanged } from '../../state/changed-files.ts';
import { changedWords } from '../../state/changed-words.ts';
import classes from './details.module.css';
import { PathNotes } from './path-notes.tsx';

/** What changed while it was read: documents first and open, logs and caches apart and folded. */
export function TornFiles({
  listed,
  total,
}: {
  readonly listed: readonly PathNote[];
  readonly total: number;
}): ReactNode {
  const { t } = useTranslation('changed-files');
  const groups = groupChanged(listed, total);
  const { documents, logsAndCaches, unlisted } = groups;
  return (
    <section className={classes.torn} aria-label={changedWords(groups, t)}>
      {documents.length > 0 && (
        <PathNotes
          notes={documents}
          total={documents.length + unlisted}
          tone="bad"
          summary={t('documents', { count: documents.length })}
        />
      )}
      {logsAndCaches.length > 0 && (
        <PathNotes
          notes={logsAndCaches}
          total={logsAndCaches.length + (documents.length > 0 ? 0 : unlisted)}
          tone="plain"
          summary={t('logs', { count: logsAndCaches.length })}
        />
      )}
    </section>
  );
}
