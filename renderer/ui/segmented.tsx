import { SegmentedControl } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './segmented.module.css';

/** A choice between few things that stand side by side; the chosen one is filled and bold, not only coloured. */
export function Segmented<Value extends string>({
  label,
  value,
  onChange,
  options,
}: {
  readonly label: string;
  readonly value: Value;
  readonly onChange: (value: Value) => void;
  readonly options: readonly { readonly value: Value; readonly label: string }[];
}): ReactNode {
  return (
    <SegmentedControl
      aria-label={label}
      value={value}
      onChange={(chosen) => {
        const option = options.find((candidate) => candidate.value === chosen);
        if (option !== undefined) onChange(option.value);
      }}
      data={options.map((option) => ({ value: option.value, label: option.label }))}
      withItemsBorders
      classNames={{
        root: classes.root ?? '',
        indicator: classes.indicator ?? '',
        control: classes.control ?? '',
        label: classes.label ?? '',
      }}
    />
  );
}
