import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Segmented } from '../../ui/segmented.tsx';
import type { RemoteKind } from './remote-draft.ts';

export type PlaceKind = 'local' | RemoteKind;

const kinds: readonly PlaceKind[] = ['local', 'rest', 's3', 'sftp', 'rclone'];

export function PlaceKinds({
  value,
  onChange,
}: {
  readonly value: PlaceKind;
  readonly onChange: (kind: PlaceKind) => void;
}): ReactNode {
  const { t } = useTranslation('repositories');
  return (
    <Segmented
      label={t('remote.title')}
      value={value}
      onChange={onChange}
      options={kinds.map((kind) => ({ value: kind, label: t(`remote.kind.${kind}`) }))}
    />
  );
}
