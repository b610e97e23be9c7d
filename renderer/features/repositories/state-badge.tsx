import { IconAlertTriangle, IconCircleCheck, IconClockPause } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { RepositoryState } from '../../../shared/domain/repository.ts';
import classes from './repositories.module.css';
import { stateTone } from './repository-state.ts';

const icons = { ok: IconCircleCheck, wait: IconClockPause, warn: IconAlertTriangle } as const;

export function StateBadge({
  state,
  refused = false,
  elsewhere = false,
}: {
  readonly state: RepositoryState;
  /** Its server wants other credentials. */
  readonly refused?: boolean;
  /** On a server, not on a disk of this computer. */
  readonly elsewhere?: boolean;
}): ReactNode {
  const { t } = useTranslation('repositories');
  const tone = stateTone(state);
  const Icon = icons[tone];
  const words =
    refused && state === 'password-needed'
      ? t('refused')
      : elsewhere && state === 'waiting'
        ? t('waitingForServer')
        : t(`state.${state}`);
  return (
    <span className={classes.badge} data-tone={tone}>
      <Icon size={16} aria-hidden="true" /> {words}
    </span>
  );
}
