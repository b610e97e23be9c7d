import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { PathNote } from '../../../shared/domain/evidence.ts';
import { formatNumber } from '../../ui/format/numbers.ts';
import classes from './details.module.css';

const shownAtOnce = 200;

/** Paths with their reasons: the count at first, the list one click away. */
export function PathNotes({
  notes,
  total,
  tone,
  summary,
}: {
  readonly notes: readonly PathNote[];
  readonly total: number;
  readonly tone: 'plain' | 'bad';
  /** Instead of the bare count. */
  readonly summary?: string;
}): ReactNode {
  const { t } = useTranslation('snapshot-details');
  const shown = notes.slice(0, shownAtOnce);
  return (
    <details className={classes.notes} data-tone={tone} open={tone === 'bad'}>
      <summary>{summary ?? formatNumber(total)}</summary>
      <ul>
        {shown.map(({ path, reason }) => (
          <li key={`${path} ${reason}`}>
            <code>{path}</code>
            <span>{reason}</span>
          </li>
        ))}
        {total > shown.length && <li>{t('proof.more', { count: total - shown.length })}</li>}
      </ul>
    </details>
  );
}
