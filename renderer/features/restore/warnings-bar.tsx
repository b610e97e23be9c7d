import { Button } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { PlanWarning } from '../../../shared/domain/restore.ts';
import { Notice } from '../../ui/notice.tsx';
import { headline } from './headline.ts';
import previewStyles from './preview.module.css';
import { inOrder } from './warning-order.ts';

/** What stands in the way or would be lost, the gravest first; the rest one click away. */
export function WarningsBar({
  warnings,
  onCheckAgain,
}: {
  readonly warnings: readonly PlanWarning[];
  readonly onCheckAgain: () => void;
}): ReactNode {
  const { t } = useTranslation('restore');
  const [all, setAll] = useState(false);
  const [first, ...others] = inOrder(warnings);
  if (first === undefined) return null;
  const { head, rest } = headline(first.text);
  return (
    <Notice
      tone={first.asks ? 'warn' : 'info'}
      title={head}
      actions={
        <>
          {(others.length > 0 || first.paths.length > 1) && (
            <Button variant="subtle" onClick={() => setAll(!all)} aria-expanded={all}>
              {all
                ? t('warnings.less')
                : others.length > 0
                  ? t('warnings.more', { count: others.length })
                  : t('warnings.paths')}
            </Button>
          )}
          <Button variant="default" onClick={onCheckAgain}>
            {t('warnings.checkAgain')}
          </Button>
        </>
      }
    >
      <span className={previewStyles.warningRest}>{rest}</span>
      {all && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
        <section className={previewStyles.warningList} tabIndex={0} aria-label={t('warnings.all')}>
          <PathList paths={first.paths} />
          {others.map((warning) => (
            <div key={`${warning.code} ${warning.text}`}>
              <strong>{headline(warning.text).head}</strong> {headline(warning.text).rest}
              <PathList paths={warning.paths} />
            </div>
          ))}
        </section>
      )}
    </Notice>
  );
}

function PathList({ paths }: { readonly paths: readonly string[] }): ReactNode {
  if (paths.length === 0) return null;
  return (
    <ul className={previewStyles.pathList}>
      {paths.map((path) => (
        <li key={path}>{path}</li>
      ))}
    </ul>
  );
}
