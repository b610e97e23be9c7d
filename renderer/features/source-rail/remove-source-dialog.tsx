import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { SourceView } from '../../../shared/ipc/sources.ts';
import { ask } from '../../state/ask.ts';
import { useStore } from '../../state/store.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';

export function RemoveSourceDialog({
  source,
  opened,
  onClose,
}: {
  readonly source: SourceView;
  readonly opened: boolean;
  readonly onClose: () => void;
}): ReactNode {
  const { t } = useTranslation('source-rail');
  const remove = async (): Promise<void> => {
    await ask('sources.remove', { id: source.id });
    const state = useStore.getState();
    if (state.selectedSourceId === source.id) state.selectSource(null);
    await Promise.all([state.refreshSources(), state.refreshTimeline()]);
  };
  return (
    <ConfirmDialog
      opened={opened}
      title={t('remove.title', { name: source.name })}
      confirmLabel={t('remove.confirm')}
      danger
      onConfirm={remove}
      onClose={onClose}
    >
      {t('remove.text')}
    </ConfirmDialog>
  );
}
