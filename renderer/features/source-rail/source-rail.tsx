import { Menu, Tooltip } from '@mantine/core';
import { IconCalendarTime, IconEdit, IconInfoCircle, IconPlayerPlay, IconPlus, IconTrash } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SourceId } from '../../../shared/domain/ids.ts';
import { type SourceSpec, specPaths } from '../../../shared/domain/source.ts';
import type { SourceView } from '../../../shared/ipc/sources.ts';
import { useStore } from '../../state/store.ts';
import { HealthMark } from './health-mark.tsx';
import { RemoveSourceDialog } from './remove-source-dialog.tsx';
import { SourceKindIcon } from './source-kind-icon.tsx';
import classes from './source-rail.module.css';
import { useSourceWords } from './source-words.ts';

/** Every source with its health; `narrow` shows icons only. */
export function SourceRail({
  narrow,
  onBackUp,
}: {
  readonly narrow: boolean;
  readonly onBackUp: (sourceId: SourceId) => void;
}): ReactNode {
  const { t } = useTranslation('source-rail');
  const sources = useStore((state) => state.sources) ?? [];
  const open = useStore((state) => state.open);
  const view = useStore((state) => state.view.name);
  return (
    <nav className={classes.rail} aria-label={t('title')} data-narrow={narrow}>
      {!narrow && <h2 className={classes.title}>{t('title')}</h2>}
      <ul className={classes.list}>
        {sources.map((source) => (
          <SourceItem key={source.id} source={source} narrow={narrow} onBackUp={onBackUp} />
        ))}
      </ul>
      <Tooltip label={t('add')} disabled={!narrow} position="right">
        <button
          type="button"
          className={classes.add}
          aria-label={t('add')}
          aria-current={view === 'add-source' ? 'page' : undefined}
          onClick={() => open({ name: 'add-source' })}
        >
          <IconPlus size={17} aria-hidden="true" /> {!narrow && t('add')}
        </button>
      </Tooltip>
    </nav>
  );
}

/** Of two paths together, as far as a line bears them; else they are counted. */
const mostCharacters = 22;

/** Where a source of several places is, in few words; one with one place is known by its name. */
function usePlacesWords(spec: SourceSpec): string | null {
  const { t } = useTranslation('source-rail');
  if (spec.kind !== 'group') return null;
  const paths = specPaths(spec);
  const [first, second] = paths;
  const isShort = paths.length === 2 && paths.join('').length <= mostCharacters;
  return isShort ? t('places.two', { first, second }) : t('places.several', { count: paths.length });
}

function SourceItem({
  source,
  narrow,
  onBackUp,
}: {
  readonly source: SourceView;
  readonly narrow: boolean;
  readonly onBackUp: (sourceId: SourceId) => void;
}): ReactNode {
  const { t } = useTranslation('source-rail');
  const words = useSourceWords(source);
  const kind = useStore(
    (state) => state.lanes?.find(({ sourceId }) => sourceId === source.id)?.kind ?? source.spec.kind,
  );
  const selected = useStore(
    ({ selectedSourceId, selectedLaneKey }) => source.id === (selectedLaneKey ?? selectedSourceId),
  );
  const [menu, setMenu] = useState<{ x: number; y: number } | null>(null);
  const [removing, setRemoving] = useState(false);
  const show = (): void => {
    const state = useStore.getState();
    state.selectSource(source.id);
    if (state.view.name !== 'main') state.open({ name: 'main' });
  };
  const places = usePlacesWords(source.spec);
  const text = places === null ? words : t('textOfPlaces', { places, text: words });
  const label = t('item', { name: source.name, health: t(`health.${source.health}`), text });
  return (
    <li>
      <Tooltip label={label} disabled={!narrow} position="right" multiline maw={260}>
        <button
          type="button"
          className={classes.item}
          aria-pressed={selected}
          aria-label={label}
          aria-haspopup="menu"
          onClick={show}
          onContextMenu={(event) => {
            event.preventDefault();
            const box = event.currentTarget.getBoundingClientRect();
            // A menu key has no pointer.
            setMenu(event.clientX === 0 ? { x: box.left + 40, y: box.bottom } : { x: event.clientX, y: event.clientY });
          }}
        >
          <SourceKindIcon kind={kind} name={source.name} />
          {!narrow && (
            <span className={classes.text}>
              <span className={classes.nameRow}>
                <span className={classes.name}>{source.name}</span>
                <HealthMark health={source.health} size={18} />
              </span>{' '}
              {places !== null && (
                <>
                  <span className={classes.places} title={specPaths(source.spec).join('\n')}>
                    {places}
                  </span>{' '}
                </>
              )}
              <span className={classes.words} data-health={source.health} title={words}>
                {words}
              </span>
            </span>
          )}
          {narrow && <HealthMark health={source.health} size={14} />}
        </button>
      </Tooltip>
      {menu !== null && (
        <Menu opened onClose={() => setMenu(null)} position="bottom-start" withinPortal shadow="md">
          <Menu.Target>
            <button
              type="button"
              tabIndex={-1}
              className={classes.menuPoint}
              style={{ left: menu.x, top: menu.y }}
              aria-label={t('menu.label', { name: source.name })}
            />
          </Menu.Target>
          <Menu.Dropdown aria-label={t('menu.label', { name: source.name })}>
            <Menu.Item
              leftSection={<IconPlayerPlay size={16} />}
              disabled={source.health === 'running'}
              onClick={() => onBackUp(source.id)}
            >
              {t('menu.backUp')}
            </Menu.Item>
            <Menu.Item leftSection={<IconInfoCircle size={16} />} onClick={show}>
              {t('menu.details')}
            </Menu.Item>
            <Menu.Item
              leftSection={<IconEdit size={16} />}
              onClick={() => useStore.getState().open({ name: 'edit-source', sourceId: source.id })}
            >
              {t('menu.edit')}
            </Menu.Item>
            <Menu.Item
              leftSection={<IconCalendarTime size={16} />}
              onClick={() => useStore.getState().open({ name: 'edit-policy', sourceId: source.id })}
            >
              {t('menu.policy')}
            </Menu.Item>
            <Menu.Divider />
            <Menu.Item color="bad" leftSection={<IconTrash size={16} />} onClick={() => setRemoving(true)}>
              {t('menu.remove')}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
      <RemoveSourceDialog source={source} opened={removing} onClose={() => setRemoving(false)} />
    </li>
  );
}
