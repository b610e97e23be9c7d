import { IconMoon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { QuietRecord } from '../../../shared/ipc/schedule.ts';
import { usualQuietWords, watchingOf } from '../../state/quiet-words.ts';
import { formatTime } from '../../ui/format/date-time.ts';
import { useNow } from '../../ui/use-now.ts';
import classes from './policy.module.css';

/** What is known of a source's quiet where it decides when a backup is made; of usual hours nothing where too little is known. */
export function QuietNote({ quiet }: { readonly quiet: QuietRecord }): ReactNode {
  const { t } = useTranslation('quiet-times');
  const now = useNow(60_000);
  return (
    <div className={classes.quietNote}>
      <IconMoon size={16} aria-hidden="true" />
      <div>
        {quiet.usual !== null && <p>{usualQuietWords(quiet.usual, wallClock, t)}.</p>}
        <p className={classes.quiet}>{t(`watch.${watchingOf(quiet, now)}`)}</p>
      </div>
    </div>
  );
}

/** Minutes from midnight as the locale writes them. */
function wallClock(minutes: number): string {
  return formatTime(new Date(2024, 0, 1, 0, minutes).getTime());
}
