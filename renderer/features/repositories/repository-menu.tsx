import { Button, Menu } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ChangePassword } from './change-password.tsx';
import { ForgetRepository } from './forget-repository.tsx';
import { FreeSpace } from './free-space.tsx';
import { KeyList } from './key-list.tsx';
import { CopySheet } from './page/copy-sheet.tsx';
import { RepairSheet } from './page/repair-sheet.tsx';
import { RecoverySheet } from './recovery-sheet.tsx';
import type { RepositoryFacts } from './repository-state.ts';
import { Sheet } from './sheet.tsx';

/** Which dialog of a repository is open. A repair has no entry of its own: it is offered where damage was found. */
export type OpenedSheet = 'keys' | 'password' | 'sheet' | 'forget' | 'free' | 'copy' | 'repair' | null;

interface MenuProps {
  readonly repository: RepositoryFacts;
  readonly onOpen: (sheet: OpenedSheet) => void;
}

/** What is done seldom. */
export function RepositoryMenu({ repository: { name, state }, onOpen }: MenuProps): ReactNode {
  const { t } = useTranslation(['repositories', 'repository']);
  const usable = state === 'ready' || state === 'read-only';
  return (
    <Menu position="bottom-end" withinPortal withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <Button variant="default" px={9} aria-label={t('more', { name })}>
          <IconDots size={18} aria-hidden="true" />
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item disabled={state !== 'ready'} onClick={() => onOpen('free')}>
          {t('menu.free')}
        </Menu.Item>
        <Menu.Item disabled={!usable} onClick={() => onOpen('copy')}>
          {t('repository:copy.menu')}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item disabled={!usable} onClick={() => onOpen('sheet')}>
          {t('menu.sheet')}
        </Menu.Item>
        <Menu.Item disabled={!usable} onClick={() => onOpen('password')}>
          {t('menu.password')}
        </Menu.Item>
        <Menu.Item disabled={!usable} onClick={() => onOpen('keys')}>
          {t('menu.keys')}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item onClick={() => onOpen('forget')}>{t('menu.forget')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

export function RepositorySheets({
  repository,
  opened,
  onOpen,
}: MenuProps & { readonly opened: OpenedSheet }): ReactNode {
  const { t } = useTranslation(['repositories', 'repository']);
  const { id, name } = repository;
  const close = (): void => onOpen(null);
  return (
    <>
      <Sheet opened={opened === 'keys'} title={t('keys.title', { name })} onClose={close}>
        <KeyList repositoryId={id} />
      </Sheet>
      <Sheet opened={opened === 'password'} title={t('change.title', { name })} onClose={close}>
        <ChangePassword repositoryId={id} onDone={close} />
      </Sheet>
      <Sheet opened={opened === 'sheet'} title={t('sheet.title')} onClose={close}>
        <RecoverySheet repositoryId={id} onKept={close} />
      </Sheet>
      <Sheet opened={opened === 'free'} title={t('reclaim.title', { name })} onClose={close}>
        <FreeSpace repository={repository} onDone={close} />
      </Sheet>
      <Sheet opened={opened === 'copy'} title={t('repository:copy.title', { name })} onClose={close}>
        <CopySheet repository={repository} onClose={close} />
      </Sheet>
      <Sheet opened={opened === 'repair'} title={t('repository:repair.title', { name })} onClose={close}>
        <RepairSheet repository={repository} />
      </Sheet>
      <ForgetRepository repository={repository} opened={opened === 'forget'} onClose={close} />
    </>
  );
}
