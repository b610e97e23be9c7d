import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { formatBytes } from '../../ui/format/bytes.ts';
import { formatNumber } from '../../ui/format/numbers.ts';
import classes from './details.module.css';
import { Fact } from './fact.tsx';
import type { Details } from './facts/details.ts';

/** What is in it, and where it came from. */
export function Contents({ details: { mark, summary } }: { readonly details: Details }): ReactNode {
  const { t } = useTranslation('snapshot-details');
  return (
    <section>
      <h3 className={classes.sectionTitle}>{t('about.title')}</h3>
      <dl className={classes.facts}>
        {mark.bytes !== null && <Fact name={t('about.size')}>{formatBytes(mark.bytes)}</Fact>}
        {mark.files !== null && <Fact name={t('about.files')}>{formatNumber(mark.files)}</Fact>}
        {mark.newBytes !== null && (
          <Fact name={t('about.new')}>{t('about.newText', { size: formatBytes(mark.newBytes) })}</Fact>
        )}
        <Fact name={t('about.where')}>
          {summary.paths.map((path) => (
            <div key={path} className={classes.path}>
              {path}
            </div>
          ))}
        </Fact>
        <Fact name={t('about.made')}>{t('about.madeBy', { user: summary.username, host: summary.hostname })}</Fact>
        {mark.kind === 'foreign' && <Fact name={t('about.begun')}>{t('about.begunHint')}</Fact>}
        <Fact name={t('about.tags')}>
          {summary.tags.length === 0
            ? t('about.noTags')
            : summary.tags.map((tag) => (
                <span key={tag} className={classes.tag}>
                  {tag}
                </span>
              ))}
        </Fact>
      </dl>
    </section>
  );
}
