import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ExcludeSizes } from '../../../shared/domain/excludes/presets.ts';
import { formatBytes } from '../../ui/format/bytes.ts';
import classes from './add-source.module.css';
import { isRule, sizeOf } from './exclude-sizes.ts';

const placesShown = 3;

/** What each own rule leaves out, in the order of the lines, so that one that matches nothing is seen. */
export function RuleSizes({
  lines,
  sizes,
  loading,
}: {
  readonly lines: readonly string[];
  readonly sizes: ExcludeSizes | null;
  readonly loading: boolean;
}): ReactNode {
  const { t } = useTranslation('add-source');
  const rules = [...new Set(lines.filter(isRule))];
  if (rules.length === 0) return null;
  return (
    <ul className={classes.ruleSizes} aria-label={t('excludes.ruleSizes')}>
      {rules.map((line) => {
        const item = sizeOf(sizes, 'rule', line);
        return (
          <li key={line}>
            <code>{line}</code>
            <span className={classes.size}>{ruleWords(line, item, sizes, loading, t)}</span>
            {item !== undefined && item.places.length > 0 && (
              <span className={classes.quiet}>{item.places.slice(0, placesShown).join(', ')}</span>
            )}
          </li>
        );
      })}
    </ul>
  );
}

function ruleWords(
  line: string,
  item: ExcludeSizes['items'][number] | undefined,
  sizes: ExcludeSizes | null,
  loading: boolean,
  t: ReturnType<typeof useTranslation<'add-source'>>['t'],
): string {
  if (line.startsWith('!')) return t('excludes.ruleBack');
  if (item === undefined || sizes === null) return loading ? t('excludes.sizeLoading') : '';
  if (item.files === 0) return t(sizes.complete ? 'excludes.ruleNothing' : 'excludes.ruleNothingYet');
  const words = t('excludes.ruleSize', { count: item.files, bytes: formatBytes(item.bytes) });
  return sizes.complete ? words : t('excludes.sizeAtLeast', { bytes: words });
}
