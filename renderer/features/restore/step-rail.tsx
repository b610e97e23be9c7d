import { IconCheck } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import wizardStyles from './wizard.module.css';
import { type WizardStep, wizardSteps } from './wizard-state.ts';

/** Where the wizard stands. Told to screen readers as a list whose current item is marked. */
export function StepRail({ step }: { readonly step: WizardStep }): ReactNode {
  const { t } = useTranslation('restore');
  const at = wizardSteps.indexOf(step);
  return (
    <ol className={wizardStyles.steps} aria-label={t('steps.label')}>
      {wizardSteps.map((name, index) => {
        const state = index < at ? 'done' : index === at ? 'current' : 'ahead';
        return (
          <li key={name} data-state={state} {...(state === 'current' ? { 'aria-current': 'step' } : {})}>
            <span className={wizardStyles.stepMark} aria-hidden="true">
              {state === 'done' ? <IconCheck size={15} stroke={2.4} /> : index + 1}
            </span>
            {t(`steps.${name}`)}
            {state === 'done' && <span className="sp-visually-hidden">{t('steps.done')}</span>}
          </li>
        );
      })}
    </ol>
  );
}
