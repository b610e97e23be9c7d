import { Button } from '@mantine/core';
import { type ReactNode, useEffect, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SourceId } from '../../../shared/domain/ids.ts';
import type { QuietRecord } from '../../../shared/ipc/schedule.ts';
import type { PolicyChoice } from '../../state/policy-parts.ts';
import { useStore } from '../../state/store.ts';
import { useAnswer } from '../../state/use-answer.ts';
import { KeepEditor } from './keep-editor.tsx';
import { KeepPreview } from './keep-preview.tsx';
import { KeepSimulation } from './keep-simulation.tsx';
import { NextRuns } from './next-runs.tsx';
import classes from './policy.module.css';
import { policyProblems } from './policy-draft.ts';
import { ScheduleEditor } from './schedule-editor.tsx';
import { usePolicyWords } from './use-policy-words.ts';

type Part = 'schedule' | 'keep';

/** A source that is not registered yet. */
const unwatched: QuietRecord = { usual: null, watchedUntil: null };

/** When it runs and what is kept: one sentence each, which unfolds to where it is changed. */
export function PolicySections({
  value,
  sourceId,
  removable,
  unfolded = [],
  onChange,
  onValid,
}: {
  readonly value: PolicyChoice;
  readonly sourceId: SourceId | null;
  readonly removable: boolean;
  readonly unfolded?: readonly Part[];
  readonly onChange: (value: PolicyChoice) => void;
  readonly onValid: (valid: boolean) => void;
}): ReactNode {
  const { t } = useTranslation('policy');
  const words = usePolicyWords()(value);
  const [open, setOpen] = useState<ReadonlySet<Part>>(new Set(unfolded));
  const [keepIsValid, setKeepIsValid] = useState(true);
  const lastSnapshotAt = useStore((state) => state.sources?.find(({ id }) => id === sourceId)?.last?.askedAt ?? null);
  // Asked before it is shown, so that nothing moves when it comes.
  const { value: quiet } = useAnswer('schedule.quiet', sourceId === null ? null : { sourceId });
  const problems = policyProblems(value);
  const valid = problems.length === 0 && keepIsValid;
  useEffect(() => onValid(valid), [valid, onValid]);
  const toggle = (part: Part): void => {
    const next = new Set(open);
    if (!next.delete(part)) next.add(part);
    setOpen(next);
  };
  return (
    <>
      <Section
        title={t('sections.schedule')}
        sentence={words.schedule}
        more={words.conditions}
        open={open.has('schedule')}
        onToggle={() => toggle('schedule')}
        preview={problems.length === 0 && <NextRuns value={value} lastSnapshotAt={lastSnapshotAt} />}
      >
        <ScheduleEditor
          value={value}
          problems={problems}
          removable={removable}
          quiet={sourceId === null ? unwatched : quiet}
          onChange={onChange}
        />
      </Section>
      <Section
        title={t('sections.keep')}
        sentence={words.keep}
        more=""
        open={open.has('keep')}
        onToggle={() => toggle('keep')}
      >
        <KeepEditor value={value.keep} onChange={(keep) => onChange({ ...value, keep })} onValid={setKeepIsValid} />
        {sourceId !== null && <KeepPreview sourceId={sourceId} rules={value.keep} />}
        {sourceId === null && problems.length === 0 && <KeepSimulation value={value} />}
      </Section>
    </>
  );
}

function Section({
  title,
  sentence,
  more,
  open,
  preview,
  onToggle,
  children,
}: {
  readonly title: string;
  readonly sentence: string;
  readonly more: string;
  readonly open: boolean;
  /** Stands between the sentence and what unfolds, so that it stays in sight while things are changed. */
  readonly preview?: ReactNode;
  readonly onToggle: () => void;
  readonly children: ReactNode;
}): ReactNode {
  const { t } = useTranslation('policy');
  const id = useId();
  return (
    <div className={classes.section}>
      <div className={classes.sentence}>
        <span className={classes.sentenceTitle}>{title}</span>
        <span className={classes.sentenceWords}>
          <strong>{sentence}</strong>
          {more !== '' && <span className={classes.quiet}>{more}</span>}
        </span>
        <Button
          variant="default"
          size="xs"
          aria-expanded={open}
          aria-controls={id}
          aria-label={t(open ? 'sections.foldNamed' : 'sections.changeNamed', { what: title })}
          onClick={onToggle}
        >
          {t(open ? 'sections.fold' : 'sections.change')}
        </Button>
      </div>
      {preview}
      <div id={id} hidden={!open}>
        {open && children}
      </div>
    </div>
  );
}
