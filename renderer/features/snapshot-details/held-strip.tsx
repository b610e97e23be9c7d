import { Tooltip } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { formatDuration } from '../../ui/format/duration.ts';
import classes from './details.module.css';
import type { Details } from './facts/details.ts';
import { textbookEstimate } from './facts/textbook-estimate.ts';

/** Writes allowed, held, allowed: what writers saw. Only where a pause was measured. */
export function HeldStrip({ details }: { readonly details: Details }): ReactNode {
  const { t } = useTranslation('snapshot-details');
  const stallMs = details.evidence?.hold?.stallMs ?? details.mark.stallMs;
  if (stallMs === null || details.evidence === null) return null;
  const estimate = textbookEstimate(details);
  return (
    <div>
      <div className={classes.strip} role="img" aria-label={t('strip.label', { duration: formatDuration(stallMs) })}>
        <span>{t('strip.allowed')}</span>
        <strong>{t('strip.held', { duration: formatDuration(stallMs) })}</strong>
        <span>{t('strip.allowed')}</span>
      </div>
      {estimate !== null && (
        <Tooltip
          multiline
          maw={320}
          events={{ hover: true, focus: true, touch: true }}
          label={t('strip.how', {
            precopy: formatDuration(estimate.precopyMs),
            stall: formatDuration(estimate.stallMs),
          })}
        >
          <button type="button" className={classes.estimate}>
            {t('strip.estimate', { duration: formatDuration(estimate.totalMs) })}
            <IconInfoCircle size={14} aria-hidden="true" />
          </button>
        </Tooltip>
      )}
    </div>
  );
}
