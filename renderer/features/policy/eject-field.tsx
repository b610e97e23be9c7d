import { Checkbox } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { PolicyChoice } from '../../state/policy-parts.ts';

/** For a disk that is connected to be backed up to, and taken along again. */
export function EjectField({
  value,
  onChange,
}: {
  readonly value: PolicyChoice;
  readonly onChange: (value: PolicyChoice) => void;
}): ReactNode {
  const { t } = useTranslation('policy');
  return (
    <Checkbox
      label={t('eject.label')}
      description={t('eject.line')}
      checked={value.ejectAfterwards}
      onChange={(event) => onChange({ ...value, ejectAfterwards: event.currentTarget.checked })}
    />
  );
}
