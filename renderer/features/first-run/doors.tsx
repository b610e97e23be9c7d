import { UnstyledButton } from '@mantine/core';
import { IconHistory, IconShieldPlus } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './first-run.module.css';
import type { Door } from './first-run-state.ts';

const icons = { protect: IconShieldPlus, adopt: IconHistory } as const;

/** The two ways in. */
export function Doors({
  onChoose,
  onLater,
}: {
  readonly onChoose: (door: Door) => void;
  readonly onLater: () => void;
}): ReactNode {
  const { t } = useTranslation('first-run');
  return (
    <div className={classes.welcome}>
      <StillpointSign />
      <h1>{t('welcome')}</h1>
      <p className={classes.lead}>{t('welcomeLine')}</p>
      <div className={classes.doors}>
        {(['protect', 'adopt'] as const).map((door) => {
          const Icon = icons[door];
          return (
            <UnstyledButton key={door} className={classes.door} data-door={door} onClick={() => onChoose(door)}>
              <Icon size={30} stroke={1.5} aria-hidden="true" />
              <span className={classes.doorTitle}>{t(`${door}.door`)}</span>
              <span className={classes.doorLine}>{t(`${door}.doorLine`)}</span>
            </UnstyledButton>
          );
        })}
      </div>
      <UnstyledButton className={classes.later} onClick={onLater}>
        {t('later')}
      </UnstyledButton>
    </div>
  );
}

function StillpointSign(): ReactNode {
  return (
    <svg width="56" height="56" viewBox="0 0 24 24" aria-hidden="true" className={classes.sign}>
      <circle cx="12" cy="12" r="10.4" fill="none" stroke="currentColor" strokeWidth="1.6" />
      <circle cx="12" cy="12" r="4" fill="currentColor" />
    </svg>
  );
}
