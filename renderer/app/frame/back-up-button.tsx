import { ActionIcon, Button, Menu } from '@mantine/core';
import { IconChevronDown, IconPlayerPlay } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { SourceId } from '../../../shared/domain/ids.ts';
import { useStore } from '../../state/store.ts';

/** Back up the selected source, another, or all. */
export function BackUpButton({
  narrow,
  onBackUp,
}: {
  readonly narrow: boolean;
  readonly onBackUp: (sourceId: SourceId) => void;
}): ReactNode {
  const { t } = useTranslation('app');
  const sources = useStore((state) => state.sources) ?? [];
  const selectedId = useStore((state) => state.selectedSourceId);
  const open = useStore((state) => state.open);
  const selected = sources.find(({ id }) => id === selectedId) ?? sources[0];
  const idle = sources.filter(({ health }) => health !== 'running');
  if (selected === undefined) {
    return (
      <Button variant="filled" onClick={() => open({ name: 'add-source' })}>
        {t('addSource')}
      </Button>
    );
  }
  const running = selected.health === 'running';
  return (
    <Button.Group style={{ flex: 'none' }}>
      <Button
        variant="filled"
        disabled={running}
        leftSection={<IconPlayerPlay size={17} aria-hidden="true" />}
        title={t(running ? 'backUpRunning' : 'backUpNamed', { name: selected.name })}
        aria-keyshortcuts="Control+B"
        onClick={() => onBackUp(selected.id)}
        {...(narrow ? { px: 12 } : {})}
      >
        {t('backUp')}
      </Button>
      <Menu position="bottom-end" withinPortal shadow="md">
        <Menu.Target>
          <ActionIcon
            variant="filled"
            size={36}
            w={32}
            aria-label={t('backUpMenu')}
            style={{
              borderStartStartRadius: 0,
              borderEndStartRadius: 0,
              borderInlineStart: '1px solid var(--sp-accent-hover)',
            }}
          >
            <IconChevronDown size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {sources.map((source) => (
            <Menu.Item key={source.id} disabled={source.health === 'running'} onClick={() => onBackUp(source.id)}>
              {source.name}
            </Menu.Item>
          ))}
          {sources.length > 1 && (
            <>
              <Menu.Divider />
              <Menu.Item
                disabled={idle.length === 0}
                onClick={() => {
                  for (const source of idle) onBackUp(source.id);
                }}
              >
                {t('backUpAll', { count: idle.length })}
              </Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
    </Button.Group>
  );
}
