import { TagsInput, TextInput } from '@mantine/core';
import { type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type KeepRules, keepRulesSchema } from '../../../shared/domain/keep/rules.ts';
import { CountField } from './count-field.tsx';
import { durationProblem, type WithinRule, withins } from './keep-words.ts';
import classes from './policy.module.css';
import { durationWords } from './span-words.ts';

type Texts = Readonly<Record<WithinRule, string>>;

/** The rules few people need: the last ones, weeks, durations, tags. */
export function KeepAdvanced({
  value,
  onChange,
  onValid,
}: {
  readonly value: KeepRules;
  readonly onChange: (rules: KeepRules) => void;
  readonly onValid: (valid: boolean) => void;
}): ReactNode {
  const { t } = useTranslation('policy');
  const [texts, setTexts] = useState<Texts>(
    () => Object.fromEntries(withins.map((rule) => [rule, value[rule] ?? ''])) as Texts,
  );
  const wrong = withins.some((rule) => durationProblem(rule, texts[rule]) !== null);
  useEffect(() => {
    onValid(!wrong);
    return () => onValid(true);
  }, [wrong, onValid]);
  const type = (rule: WithinRule, text: string): void => {
    const clean = text.replaceAll(' ', '');
    setTexts({ ...texts, [rule]: clean });
    if (durationProblem(rule, clean) === null) onChange({ ...value, [rule]: clean === '' ? null : clean });
  };
  const setTags = (tags: string[]): void => {
    const parsed = keepRulesSchema.shape.tags.safeParse(tags);
    if (parsed.success) onChange({ ...value, tags: parsed.data });
  };
  return (
    <div className={classes.advanced}>
      <div className={classes.counts}>
        <CountField rule="last" value={value} onChange={onChange} />
        <CountField rule="weekly" value={value} onChange={onChange} />
      </div>
      <fieldset className={classes.group}>
        <legend>{t('keep.withinTitle')}</legend>
        <p className={classes.quiet}>{t('keep.withinLine')}</p>
        <div className={classes.withins}>
          {withins.map((rule) => (
            <TextInput
              key={rule}
              label={t(`keep.withinLabel.${rule}`)}
              value={texts[rule]}
              placeholder={t('keep.withinNone')}
              spellCheck={false}
              error={durationProblem(rule, texts[rule]) === null ? null : t('keep.withinWrong')}
              description={texts[rule] === '' ? undefined : durationWords(texts[rule])}
              inputWrapperOrder={['label', 'input', 'description', 'error']}
              onChange={(event) => type(rule, event.currentTarget.value)}
            />
          ))}
        </div>
      </fieldset>
      <TagsInput
        label={t('keep.tagsLabel')}
        description={t('keep.tagsLine')}
        value={value.tags}
        onChange={setTags}
        splitChars={[',', ' ']}
        maxTags={50}
      />
    </div>
  );
}
