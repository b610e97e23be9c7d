import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { formatNumber } from '../../../ui/format/numbers.ts';
import classes from './page.module.css';
import type { useReport } from './use-run.ts';

type Report = ReturnType<typeof useReport>;
type Loss = { readonly where: string; readonly text: string };

/** Whether a look found something that a repair would change. */
export function needsRepair(report: Report): boolean {
  switch (report?.kind) {
    case 'repair-index':
      return report.report?.isNeeded ?? false;
    case 'repair-packs':
      return (report.report?.damagedTotal ?? 0) > 0;
    case 'repair-snapshots':
      return (report.report?.damaged ?? []).some(({ state }) => state === 'repairable' || state === 'lost');
    default:
      return false;
  }
}

/** How many things are gone, whatever is done. */
export function lossCount(report: Report): number {
  switch (report?.kind) {
    case 'repair-index':
    case 'repair-packs':
      return report.report?.lossesTotal ?? 0;
    case 'repair-snapshots':
      return (report.report?.damaged ?? []).reduce((sum, { lossesTotal }) => sum + lossesTotal, 0);
    default:
      return 0;
  }
}

/** What a repair found, in sentences: what is wrong, what can be kept, what is gone and where. */
export function RepairReportView({ report }: { readonly report: NonNullable<Report> }): ReactNode {
  const { t } = useTranslation('repository');
  if (report.kind === 'prune' || report.kind === 'copy' || report.report === null) return null;
  const lines = linesOf(report, t);
  return (
    <div className={classes.report}>
      {lines.length === 0 ? <p>{t('repair.nothing')}</p> : lines.map((line) => <p key={line}>{line}</p>)}
      {lines.length > 0 && <Losses losses={lossesOf(report, t)} total={lossCount(report)} />}
    </div>
  );
}

type Repair = Extract<NonNullable<Report>, { readonly kind: `repair-${string}` }>;
type Words = ReturnType<typeof useTranslation<'repository'>>['t'];

function linesOf(repair: Repair, t: Words): string[] {
  if (repair.report === null) return [];
  switch (repair.kind) {
    case 'repair-index': {
      const { isNeeded, added, corrected, missingTotal, damagedFilesTotal } = repair.report;
      return [
        ...(isNeeded ? [t('repair.index.needed', { added, corrected, missing: missingTotal })] : []),
        ...(damagedFilesTotal > 0 ? [t('repair.index.damagedFiles', { count: damagedFilesTotal })] : []),
      ];
    }
    case 'repair-packs': {
      const { damaged, damagedTotal } = repair.report;
      if (damagedTotal === 0) return [];
      const saved = damaged.reduce((sum, pack) => sum + pack.saved, 0);
      const gone = damaged.reduce((sum, pack) => sum + pack.gone, 0);
      return [t('repair.packs.damaged', { count: damagedTotal, saved: formatNumber(saved), gone: formatNumber(gone) })];
    }
    case 'repair-snapshots': {
      const { damagedTotal, unreadable } = repair.report;
      return [
        ...(damagedTotal > 0 ? [t('repair.snapshots.damaged', { count: damagedTotal })] : []),
        ...(unreadable.length > 0 ? [t('repair.snapshots.unreadable', { count: unreadable.length })] : []),
      ];
    }
  }
}

function lossesOf(repair: Repair, t: Words): readonly Loss[] {
  if (repair.report === null) return [];
  if (repair.kind !== 'repair-snapshots') return repair.report.losses;
  return repair.report.damaged.flatMap(({ losses }) =>
    losses.map(({ path, becomes }) => ({
      where: path,
      text: becomes === null ? t('repair.leftOut') : t('repair.becomes', { name: becomes }),
    })),
  );
}

const listed = 50;

function Losses({ losses, total }: { readonly losses: readonly Loss[]; readonly total: number }): ReactNode {
  const { t } = useTranslation('repository');
  if (total === 0) return <p>{t('repair.noLoss')}</p>;
  const shown = losses.slice(0, listed);
  return (
    <>
      <p>{t('repair.losses', { count: total })}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached without a mouse. */}
      <section className={classes.findings} aria-label={t('repair.losses', { count: total })} tabIndex={0}>
        <ul>
          {shown.map(({ where, text }) => (
            <li key={`${where} ${text}`}>
              <code>{where}</code> {text}
            </li>
          ))}
        </ul>
        {total > shown.length && <p>{t('repair.more', { n: formatNumber(total - shown.length) })}</p>}
      </section>
    </>
  );
}
