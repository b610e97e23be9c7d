import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Evidence } from '../../../shared/domain/evidence.ts';
import type { RunView } from '../../../shared/ipc/runs.ts';
import { formatDuration } from '../../ui/format/duration.ts';
import classes from './details.module.css';
import { waterfallOf } from './facts/waterfall.ts';
import { Steps } from './steps.tsx';
import { Waterfall } from './waterfall.tsx';
import { WhyLevel } from './why-level.tsx';

/** What was done, in a sentence and as phases to one scale; every step of it for whoever asks. */
export function HowTaken({
  run,
  evidence,
}: {
  readonly run: RunView | null;
  readonly evidence: Evidence | null;
}): ReactNode {
  const { t } = useTranslation(['snapshot-details', 'methods']);
  const [isOpen, setOpen] = useState(false);
  const rows = run === null ? [] : waterfallOf(run);
  if (rows.length === 0 && evidence === null) return null;
  const total = rows.reduce(
    (sum, { start, length, durationMs }) =>
      length > 0 ? Math.max(sum, (durationMs / length) * (start + length)) : sum,
    0,
  );
  return (
    <section>
      <h3 className={classes.sectionTitle}>
        {t('how.title')}
        {rows.length > 0 && (
          <span className={classes.quiet}>{t('how.total', { duration: formatDuration(total) })}</span>
        )}
      </h3>
      {evidence !== null && (
        <>
          <p className={classes.how}>
            {t(`methods:how.${evidence.method}`)}{' '}
            <button type="button" className={classes.link} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
              {t(isOpen ? 'how.less' : 'how.more')}
            </button>
          </p>
          {isOpen && (
            <div className={classes.steps}>
              <Steps evidence={evidence} />
              <WhyLevel evidence={evidence} />
            </div>
          )}
        </>
      )}
      {rows.length > 0 && <Waterfall rows={rows} />}
    </section>
  );
}
