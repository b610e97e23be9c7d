import { NumberInput } from '@mantine/core';
import { type ReactNode, useEffect, useState } from 'react';

/** A whole number within limits. What is typed counts once it is one; leaving the field puts back the last that was. */
export function NumberField({
  label,
  value,
  min,
  max,
  suffix,
  error,
  disabled = false,
  hideLabel = false,
  onChange,
}: {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly suffix?: string;
  readonly error?: string | null;
  readonly disabled?: boolean;
  /** The sentence around it says what it is; the name is for who cannot see that. */
  readonly hideLabel?: boolean;
  readonly onChange: (value: number) => void;
}): ReactNode {
  const [typed, setTyped] = useState<number | string>(value);
  useEffect(() => setTyped(value), [value]);
  return (
    <NumberInput
      {...(hideLabel ? { 'aria-label': label } : { label })}
      w={hideLabel && (suffix ?? '').length < 4 ? 84 : 128}
      value={typed}
      min={min}
      max={max}
      clampBehavior="blur"
      allowDecimal={false}
      allowNegative={false}
      disabled={disabled}
      error={error ?? undefined}
      {...(suffix === undefined ? {} : { suffix: ` ${suffix}` })}
      onChange={(next) => {
        setTyped(next);
        const number = Number(next);
        if (next !== '' && Number.isInteger(number) && number >= min && number <= max) onChange(number);
      }}
      onBlur={() => {
        if (typed === '') setTyped(value);
      }}
    />
  );
}
