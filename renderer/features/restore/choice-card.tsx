import { Radio } from '@mantine/core';
import type { ReactNode } from 'react';
import wizardStyles from './wizard.module.css';

/** One answer of a radio group, as a card with a line of explanation. */
export function ChoiceCard({
  value,
  title,
  description,
  disabled = false,
}: {
  readonly value: string;
  readonly title: string;
  readonly description: ReactNode;
  readonly disabled?: boolean;
}): ReactNode {
  return (
    <Radio.Card value={value} className={wizardStyles.choice} disabled={disabled} aria-label={title}>
      <Radio.Indicator />
      <span>
        <span className={wizardStyles.choiceTitle}>{title}</span>
        <span className={wizardStyles.choiceLine}>{description}</span>
      </span>
    </Radio.Card>
  );
}
