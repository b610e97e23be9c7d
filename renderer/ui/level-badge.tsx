import { Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { LevelMark } from './level-mark.tsx';
import type { ShownLevel } from './level-shape.ts';
import classes from './ui.module.css';

/** Sign and words of a level; the one-line explanation is at hand on hover and focus. */
export function LevelBadge({ level }: { readonly level: ShownLevel }): ReactNode {
  const { t } = useTranslation('levels');
  return (
    <Tooltip label={t(`${level}.line`)} multiline maw={280} events={{ hover: true, focus: true, touch: true }}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the explanation must be reachable by keyboard. */}
      <span className={classes.levelBadge} tabIndex={0}>
        <LevelMark level={level} size={11} />
        {t(`${level}.label`)}
      </span>
    </Tooltip>
  );
}
