import { IconAlertTriangle, IconCircleCheck, IconClockPause } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { RepositoryState } from '../../../shared/domain/repository.ts';
import classes from './repositories.module.css';
import { stateTone } from './repository-state.ts';

const icons = { ok: IconCircleCheck, wait: IconClockPause, warn: IconAlertTriangle } as const;

export function StateBadge({ state }: { readonly state: RepositoryState }): ReactNode {
  const { t } = useTranslation('repositories');
  const tone = stateTone(state);
  const Icon = icons[tone];
  return (
    <span className={classes.badge} data-tone={tone}>
      <Icon size={16} aria-hidden="true" /> {t(`state.${state}`)}
    </span>
  );
}
