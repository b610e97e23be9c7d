import { Checkbox } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { maxHooks } from '../../../shared/domain/hooks.ts';
import { useAnswer } from '../../state/use-answer.ts';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { hookChoices } from './hook-choices.ts';
import classes from './policy.module.css';

/** Programs of the administrator that get an application ready before the pause, and let it go on afterwards. */
export function HooksField({
  value,
  onChange,
}: {
  readonly value: readonly string[];
  readonly onChange: (value: string[]) => void;
}): ReactNode {
  const { t } = useTranslation('policy');
  const { value: found, error, reload } = useAnswer('stillPoints.hooks', {});
  if (error !== null) return <ErrorPanel error={error} onRetry={reload} />;
  if (found === null) return null;
  const choices = hookChoices(found.hooks, value);
  return (
    <fieldset className={classes.group}>
      <legend>{t('hooks.title')}</legend>
      <p className={classes.quiet}>{t('hooks.line', { folder: found.folder })}</p>
      {choices.map(({ name, problem, chosen }) => (
        <Checkbox
          key={name}
          label={name}
          description={problem ?? t('hooks.absent')}
          checked={chosen}
          // What cannot be called can still be taken away.
          disabled={!chosen && (problem !== '' || value.length >= maxHooks)}
          onChange={(event) =>
            onChange(event.currentTarget.checked ? [...value, name] : value.filter((other) => other !== name))
          }
        />
      ))}
      {choices.length === 0 && (
        <p className={classes.quiet}>{found.problem === '' ? t('hooks.none') : found.problem}</p>
      )}
    </fieldset>
  );
}
