import type { useTranslation } from 'react-i18next';
import type { CarePlan, MadeCheck } from '../../../../shared/domain/care.ts';
import { formatBytes } from '../../../ui/format/bytes.ts';

export type Words = ReturnType<typeof useTranslation<'repository'>>['t'];

/** Into how many parts all data may be cut here. */
export const partChoices = [2, 4, 10, 20, 52] as const;

/** What a check looked at, and never more than that. */
export function checkedWords({ checked }: MadeCheck, t: Words): string {
  if (checked === null) return t('check.byUnknown');
  switch (checked.what) {
    case 'structure':
      return t('check.by.structure', { snapshots: t('check.snapshots', { count: checked.snapshots }) });
    case 'share':
      return t('check.by.share', {
        part: checked.part,
        of: checked.of,
        bytes: formatBytes(checked.bytes),
        all: formatBytes(checked.allBytes ?? checked.bytes),
      });
    case 'all':
      return t('check.by.all', { bytes: formatBytes(checked.bytes) });
  }
}

/** `a tenth`. */
export function partWords(of: number, t: Words): string {
  const known = ([1, ...partChoices] as const).find((choice) => choice === of);
  return known === undefined ? t('check.aPartOther', { of }) : t(`check.aPart.${known}`);
}

export function planWords({ every, of }: CarePlan, t: Words): string {
  const words = { every: t(`check.every.${every}`), part: partWords(of, t) };
  if (of === 1) return t('check.planAllLine', words);
  return t('check.planLine', { ...words, span: t(`check.span.${every}`, { count: of }) });
}

export type Soundness = 'damaged' | 'warned' | 'sound' | 'never' | 'notDone';

/** What is said of a repository at first sight. Damage stands until all data was read and found whole. */
export function soundnessOf({
  damage,
  lastCheck,
}: {
  readonly damage: unknown;
  readonly lastCheck: MadeCheck | null;
}): Soundness {
  if (damage !== null || lastCheck?.outcome === 'damaged') return 'damaged';
  if (lastCheck === null) return 'never';
  if (lastCheck.outcome === 'not-done') return 'notDone';
  return lastCheck.outcome === 'warnings' ? 'warned' : 'sound';
}
