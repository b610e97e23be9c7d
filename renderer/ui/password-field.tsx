import { PasswordInput } from '@mantine/core';
import { type ReactNode, useId } from 'react';
import { useTranslation } from 'react-i18next';
import { type PasswordStrength, passwordStrength } from './password-strength.ts';
import classes from './ui.module.css';

const filled: Readonly<Record<PasswordStrength, number>> = { empty: 0, weak: 1, fair: 2, good: 3, strong: 4 };

/** A password being typed. `judge` adds how strong it is, in words: for a new password, not for one that exists. */
export function PasswordField({
  label,
  description,
  value,
  onChange,
  error,
  judge = false,
  autoFocus = false,
  disabled = false,
}: {
  readonly label?: string;
  readonly description?: ReactNode;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly error?: string | undefined;
  readonly judge?: boolean;
  readonly autoFocus?: boolean;
  readonly disabled?: boolean;
}): ReactNode {
  const { t } = useTranslation('ui');
  const strengthId = useId();
  const strength = passwordStrength(value);
  return (
    <div>
      <PasswordInput
        label={label ?? t('password')}
        description={description}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        error={error}
        disabled={disabled}
        autoComplete={judge ? 'new-password' : 'current-password'}
        spellCheck={false}
        data-autofocus={autoFocus || undefined}
        visibilityToggleButtonProps={{ 'aria-label': t('showPassword') }}
        {...(judge ? { 'aria-describedby': strengthId } : {})}
      />
      {judge && (
        <div className={classes.strength} id={strengthId} aria-live="polite">
          <span className={classes.strengthBar} aria-hidden="true">
            {[1, 2, 3, 4].map((step) => (
              <i key={step} data-on={step <= filled[strength] ? strength : undefined} />
            ))}
          </span>
          {t(`strength.${strength}`)}
        </div>
      )}
    </div>
  );
}
