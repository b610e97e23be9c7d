import { Select } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type CarePlan, carePaces } from '../../../../shared/domain/care.ts';
import { asStillpointError, type StillpointError } from '../../../../shared/errors/index.ts';
import { ask } from '../../../state/ask.ts';
import { useStore } from '../../../state/store.ts';
import { ErrorPanel } from '../../../ui/error-panel.tsx';
import type { RepositoryFacts } from '../repository-state.ts';
import { partChoices, partWords, planWords } from './check-words.ts';
import classes from './page.module.css';

/** What a plan begins with: all data within ten weeks. */
const usualParts = 10;

/** Checks that happen by themselves: how often, and how much each time. Holds as soon as it is chosen. */
export function CheckPlan({ repository: { care, id } }: { readonly repository: RepositoryFacts }): ReactNode {
  const { t } = useTranslation('repository');
  const refresh = useStore((state) => state.refreshRepositories);
  const [chosen, setChosen] = useState<CarePlan | null | undefined>(undefined);
  const [error, setError] = useState<StillpointError | null>(null);
  const plan = chosen === undefined ? care.plan : chosen;
  const save = (next: CarePlan | null): void => {
    setChosen(next);
    setError(null);
    ask('repositories.setCarePlan', { id, plan: next })
      .then(() => refresh())
      .catch((thrown: unknown) => setError(asStillpointError(thrown)))
      .finally(() => setChosen(undefined));
  };
  return (
    <fieldset className={classes.plan}>
      <legend>{t('check.plan')}</legend>
      <div className={classes.planFields}>
        <Select
          aria-label={t('check.plan')}
          w={170}
          allowDeselect={false}
          value={plan?.every ?? 'never'}
          data={(['never', ...carePaces] as const).map((value) => ({ value, label: t(`check.every.${value}`) }))}
          onChange={(value) => {
            const every = carePaces.find((pace) => pace === value);
            save(every === undefined ? null : { every, of: plan?.of ?? usualParts });
          }}
        />
        {plan !== null && (
          <Select
            aria-label={t('check.part')}
            w={170}
            allowDeselect={false}
            value={String(plan.of)}
            data={[...new Set([1, ...partChoices, plan.of])].map((of) => ({
              value: String(of),
              label: partWords(of, t),
            }))}
            onChange={(value) => save({ ...plan, of: Number(value) })}
          />
        )}
      </div>
      <p className={classes.quiet}>{plan === null ? t('check.planNone') : planWords(plan, t)}</p>
      {error !== null && <ErrorPanel error={error} />}
    </fieldset>
  );
}
