import { IconCheck, IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Evidence } from '../../../shared/domain/evidence.ts';
import { isAtLeast } from '../../../shared/domain/level.ts';
import { earnedRoute, type LevelRoute, levelRoutes } from '../../../shared/domain/level-conditions.ts';
import classes from './details.module.css';

/** The conditions of the level one by one, and of the stronger one that came closest what was missing. */
export function WhyLevel({ evidence }: { readonly evidence: Evidence }): ReactNode {
  const { t } = useTranslation(['snapshot-details', 'levels']);
  const earned = earnedRoute(evidence);
  const [closest] = levelRoutes(evidence)
    .filter((route) => isMissed(route, earned))
    .sort((a, b) => unmet(a) - unmet(b));
  const label = (route: LevelRoute): string => t(`levels:${route.level}.label`);
  return (
    <div className={classes.why}>
      <h4>{t('why.title')}</h4>
      {earned !== undefined && (
        <Conditions title={t('why.earned', { level: label(earned) })} conditions={earned.conditions} />
      )}
      {closest !== undefined && (
        <Conditions
          title={t('why.missing', { level: label(closest) })}
          conditions={closest.conditions.filter(({ isMet }) => !isMet)}
        />
      )}
    </div>
  );
}

function isMissed(route: LevelRoute, earned: LevelRoute | undefined): boolean {
  return unmet(route) > 0 && (earned === undefined || !isAtLeast(earned.level, route.level));
}

function unmet({ conditions }: LevelRoute): number {
  return conditions.filter(({ isMet }) => !isMet).length;
}

function Conditions({ title, conditions }: { readonly title: string } & Pick<LevelRoute, 'conditions'>): ReactNode {
  const { t } = useTranslation('snapshot-details');
  return (
    <>
      <p>{title}</p>
      <ul>
        {conditions.map(({ name, isMet }) => (
          <li key={name} data-met={isMet}>
            {isMet ? (
              <IconCheck size={15} role="img" aria-label={t('why.met')} />
            ) : (
              <IconX size={15} role="img" aria-label={t('why.unmet')} />
            )}
            <span>{t(`why.condition.${name}`)}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
