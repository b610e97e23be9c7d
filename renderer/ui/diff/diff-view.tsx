import { type ReactNode, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatNumber } from '../format/numbers.ts';
import { type DiffRow, diffText } from './diff-lines.ts';
import classes from './diff-view.module.css';

/** More rows are drawn on request: a log of a million lines must not hang the window. */
const rowsAtOnce = 2_000;

/** How one text becomes another, line by line. Signs as well as colours; screen readers hear the words. */
export function DiffView({
  before,
  after,
  name,
}: {
  readonly before: string;
  readonly after: string;
  readonly name: string;
}): ReactNode {
  const { t } = useTranslation('diff');
  const [opened, setOpened] = useState<ReadonlySet<number>>(new Set());
  const [limit, setLimit] = useState(rowsAtOnce);
  const diff = useMemo(() => diffText(before, after, opened), [before, after, opened]);
  if (diff === null) return <p className={classes.tooFar}>{t('tooFar')}</p>;
  if (diff.removed + diff.added === 0) return <p className={classes.tooFar}>{t('same')}</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <section className={classes.diff} tabIndex={0} aria-label={t('label', { name })}>
      <div className={classes.lines}>
        {diff.rows.slice(0, limit).map((row, index) =>
          row.kind === 'fold' ? (
            <button
              key={`fold-${row.id}`}
              type="button"
              className={classes.fold}
              onClick={() => setOpened((ids) => new Set([...ids, row.id]))}
            >
              {t('unfold', { count: row.hidden, n: formatNumber(row.hidden) })}
            </button>
          ) : (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows of a diff have no other identity.
            <Line key={index} row={row} />
          ),
        )}
      </div>
      {diff.rows.length > limit && (
        <button type="button" className={classes.fold} onClick={() => setLimit(limit + rowsAtOnce)}>
          {t('more', { n: formatNumber(diff.rows.length - limit) })}
        </button>
      )}
    </section>
  );
}

const signs = { same: '', removed: '-', added: '+' } as const;

function Line({ row }: { readonly row: Exclude<DiffRow, { kind: 'fold' }> }): ReactNode {
  const { t } = useTranslation('diff');
  return (
    <div className={classes.line} data-kind={row.kind}>
      <span className={classes.sign} aria-hidden="true">
        {signs[row.kind]}
      </span>
      {row.kind !== 'same' && <span className="sp-visually-hidden">{t(`${row.kind}`)}</span>}
      <code>
        {row.pieces.map((piece, index) =>
          // biome-ignore lint/suspicious/noArrayIndexKey: pieces of a line have no other identity.
          piece.differs ? <mark key={index}>{piece.text}</mark> : piece.text,
        )}
      </code>
    </div>
  );
}
