import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { formatBytes } from '../../ui/format/bytes.ts';
import classes from './repositories.module.css';

/** How full the disk is; its words stand beside it. */
export function SpaceBar({ free, total }: { readonly free: number | null; readonly total: number | null }): ReactNode {
  const { t } = useTranslation('repositories');
  if (free === null || total === null || total === 0) return null;
  const used = Math.min(1, Math.max(0, 1 - free / total));
  return (
    <div
      className={classes.space}
      role="img"
      aria-label={t('space', { used: formatBytes(total - free), total: formatBytes(total) })}
    >
      <i data-full={used > 0.9} style={{ width: `${used * 100}%` }} />
    </div>
  );
}
