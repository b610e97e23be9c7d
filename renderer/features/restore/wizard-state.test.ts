import { describe, expect, it } from 'vitest';
import type { RunId } from '../../../shared/domain/ids.ts';
import type { SerializedError } from '../../../shared/errors/index.ts';
import { someEntry, somePlan } from './testing/plans.ts';
import {
  canGoBack,
  canGoOn,
  openWizard,
  untickedPaths,
  type WizardEvent,
  type WizardState,
  wizardReducer,
  wizardRequest,
} from './wizard-state.ts';

const { point } = somePlan().request;
const plan = somePlan({ counts: { add: 1, replace: 2, metadata: 0, delete: 3, same: 4 } });
const runId = 'c'.repeat(32) as RunId;
const failure: SerializedError = { kind: 'io', message: 'no', guidance: '', retryable: true, context: {} };

function play(state: WizardState, ...events: WizardEvent[]): WizardState {
  return events.reduce(wizardReducer, state);
}

function atPreview(...events: WizardEvent[]): WizardState {
  return play(openWizard({ point }), { type: 'next' }, { type: 'next' }, { type: 'planned', turn: 1, plan }, ...events);
}

describe('the restore wizard', () => {
  it('opens at what, or further on where that was chosen already', () => {
    expect(openWizard({ point }).step).toBe('what');
    expect(openWizard({ point, selection: ['/a'] })).toMatchObject({ step: 'where', choosing: true });
    expect(openWizard({ point, plan })).toMatchObject({ step: 'preview', plan });
  });

  it('keeps everything else by default, at the original place, with a safety snapshot', () => {
    expect(openWizard({ point })).toMatchObject({ mode: 'keep', target: { kind: 'original' }, safety: 'keep' });
  });

  it('does not take an empty choice for everything', () => {
    const choosing = play(openWizard({ point }), { type: 'choose-files' });
    expect(canGoOn(choosing)).toBe(false);
    expect(play(choosing, { type: 'next' }).step).toBe('what');
    const chosen = play(choosing, { type: 'selected', selection: ['/a', '/b'] });
    expect(canGoOn(chosen)).toBe(true);
    expect(wizardRequest(chosen).selection).toEqual(['/a', '/b']);
    expect(wizardRequest(play(chosen, { type: 'choose-whole' })).selection).toEqual([]);
  });

  it('asks for a folder before it goes on to one', () => {
    const where = play(
      openWizard({ point }),
      { type: 'next' },
      { type: 'target', target: { kind: 'folder', path: '' } },
    );
    expect(canGoOn(where)).toBe(false);
  });

  it('drops the answer to a question that is no longer asked', () => {
    const turned = atPreview({ type: 'mode', mode: 'exact' });
    expect(turned.planTurn).toBe(2);
    const stale = play(turned, { type: 'planned', turn: 1, plan });
    expect(stale.plan).toBeNull();
    expect(play(stale, { type: 'plan-failed', turn: 1, error: failure }).planError).toBeNull();
    expect(play(stale, { type: 'planned', turn: 2, plan }).plan).toBe(plan);
  });

  it('forgets ticks and looks when the mode changes, and keeps ticks when only checking again', () => {
    const looked = atPreview({ type: 'untick', entries: [someEntry('/a', 'add')] }, { type: 'deletions-seen' });
    expect(play(looked, { type: 'mode', mode: 'exact' })).toMatchObject({ deletionsSeen: false, unticked: new Map() });
    const again = play(looked, { type: 'check-again' }, { type: 'planned', turn: 2, plan });
    expect([...again.unticked.keys()]).toEqual(['/a']);
    expect(again.deletionsSeen).toBe(false);
  });

  it('needs two clicks to go without a safety snapshot', () => {
    const once = atPreview({ type: 'safety', choice: 'refused' });
    expect(once.safety).toBe('doubt');
    expect(play(once, { type: 'safety', choice: 'refused' }).safety).toBe('refused');
    expect(play(once, { type: 'safety', choice: 'keep' }, { type: 'safety', choice: 'refused' }).safety).toBe('doubt');
  });

  it('takes a half-made refusal back when the plan changes', () => {
    expect(atPreview({ type: 'safety', choice: 'refused' }, { type: 'check-again' }).safety).toBe('keep');
  });

  it('ticks and unticks', () => {
    const off = atPreview({ type: 'untick', entries: [someEntry('/a', 'add'), someEntry('/b', 'replace')] });
    expect([...off.unticked.keys()]).toEqual(['/a', '/b']);
    expect([...play(off, { type: 'tick', paths: ['/a'] }).unticked.keys()]).toEqual(['/b']);
  });

  it('ticks the folders above what is ticked again, because a folder that is left leaves all that is in it', () => {
    const folder = someEntry('/docs', 'metadata', { type: 'dir' });
    const off = atPreview({
      type: 'untick',
      entries: [folder, someEntry('/docs/a', 'add'), someEntry('/docs/b', 'add')],
    });
    expect(untickedPaths(off.unticked)).toEqual(['/docs']);
    const back = play(off, { type: 'tick', paths: ['/docs/a'] });
    expect(untickedPaths(back.unticked)).toEqual(['/docs/b']);
  });

  it('tells no path twice, and takes no name for a folder above it', () => {
    const off = atPreview({ type: 'untick', entries: [someEntry('/do', 'add'), someEntry('/docs/a', 'add')] });
    expect(untickedPaths(off.unticked)).toEqual(['/do', '/docs/a']);
  });

  it('goes back from a run that did not work out with a new plan, or to another place', () => {
    const failed = atPreview({ type: 'starting' }, { type: 'started', runId }, { type: 'finished' });
    const again = play(failed, { type: 'once-more', from: 'preview', doubtSafety: true });
    expect(again).toMatchObject({
      step: 'preview',
      plan: null,
      runId: null,
      safety: 'doubt',
      planTurn: failed.planTurn + 1,
    });
    expect(play(failed, { type: 'once-more', from: 'where', doubtSafety: false })).toMatchObject({
      step: 'where',
      plan: null,
    });
    expect(play(atPreview(), { type: 'once-more', from: 'where', doubtSafety: false }).step).toBe('preview');
  });

  it('runs once, and cannot go back from a run', () => {
    const starting = atPreview({ type: 'starting' });
    expect(canGoBack(starting)).toBe(false);
    const running = play(starting, { type: 'started', runId });
    expect(running).toMatchObject({ step: 'run', runId });
    expect(play(running, { type: 'back' }).step).toBe('run');
    expect(play(running, { type: 'finished' }).step).toBe('result');
  });

  it('stays at the preview when the start fails, and says why', () => {
    expect(atPreview({ type: 'starting' }, { type: 'start-failed', error: failure })).toMatchObject({
      step: 'preview',
      starting: false,
      startError: failure,
    });
  });
});
