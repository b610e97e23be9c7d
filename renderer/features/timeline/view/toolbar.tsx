import { SegmentedControl } from '@mantine/core';
import { IconChartDots3, IconMinus, IconPlus, IconTable } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { IconButton } from '../../../ui/icon-button.tsx';
import type { TimelineController } from '../control/controller.ts';
import { presetOf, presets } from '../control/limits.ts';
import { useSignal } from '../control/use-signal.ts';
import { rangeLabel } from '../time/range-label.ts';
import classes from './toolbar.module.css';

/** Range, zoom, and whether the same is shown as a table. */
export function Toolbar({
  controller,
  table,
  onTable,
}: {
  readonly controller: TimelineController;
  readonly table: boolean;
  readonly onTable: (table: boolean) => void;
}): ReactNode {
  const { t } = useTranslation('timeline');
  useSignal(controller.viewChanged);
  const preset = controller.following ?? presetOf(controller.viewport);
  return (
    <div className={classes.toolbar}>
      {!table && (
        <>
          <fieldset className={classes.group} aria-label={t('presets')}>
            {presets.map((name) => (
              <button
                key={name}
                type="button"
                className={classes.choice}
                aria-pressed={preset === name}
                onClick={() => controller.showPreset(name)}
              >
                {t(`preset.${name}`)}
              </button>
            ))}
          </fieldset>
          <span className={classes.range}>{rangeLabel(controller.viewport)}</span>
        </>
      )}
      <span className={classes.space} />
      {!table && (
        <div className={classes.zoom}>
          <IconButton label={t('zoomOut')} shortcut="-" size={30} onClick={() => controller.zoomMiddle(0.5)}>
            <IconMinus size={16} />
          </IconButton>
          <IconButton label={t('zoomIn')} shortcut="+" size={30} onClick={() => controller.zoomMiddle(2)}>
            <IconPlus size={16} />
          </IconButton>
        </div>
      )}
      <SegmentedControl
        aria-label={t('view')}
        size="xs"
        value={table ? 'table' : 'timeline'}
        onChange={(value) => onTable(value === 'table')}
        data={[
          { value: 'timeline', label: <ViewIcon name={t('asTimeline')} icon={<IconChartDots3 size={16} />} /> },
          { value: 'table', label: <ViewIcon name={`${t('asTable')} (T)`} icon={<IconTable size={16} />} /> },
        ]}
        classNames={{
          root: classes.switch ?? '',
          indicator: classes.switchIndicator ?? '',
          label: classes.switchLabel ?? '',
        }}
      />
    </div>
  );
}

function ViewIcon({ name, icon }: { readonly name: string; readonly icon: ReactNode }): ReactNode {
  return (
    <span className={classes.viewIcon} title={name}>
      {icon}
      <span className="sp-visually-hidden">{name}</span>
    </span>
  );
}
