import type { RunId } from '../../../shared/domain/ids.ts';
import type {
  RestoreMode,
  RestorePlan,
  RestorePoint,
  RestoreRequest,
  RestoreTarget,
} from '../../../shared/domain/restore.ts';
import type { SerializedError } from '../../../shared/errors/index.ts';
import type { UntickedEntry } from './plan-tally.ts';

export const wizardSteps = ['what', 'where', 'preview', 'run', 'result'] as const;
export type WizardStep = (typeof wizardSteps)[number];

/** `keep`: a safety snapshot comes first. Refusing it takes two clicks: `doubt` is between them. */
export type SafetyChoice = 'keep' | 'doubt' | 'refused';

export interface WizardState {
  readonly step: WizardStep;
  readonly point: RestorePoint;
  /** Paths inside the snapshot; empty means the whole of it. */
  readonly selection: readonly string[];
  /** True while the user is choosing single files; an empty choice is then not yet an answer. */
  readonly choosing: boolean;
  readonly target: RestoreTarget;
  readonly mode: RestoreMode;
  /** Raised whenever the plan must be worked out anew; an answer to an older number is dropped. */
  readonly planTurn: number;
  readonly plan: RestorePlan | null;
  readonly planError: SerializedError | null;
  readonly unticked: ReadonlyMap<string, UntickedEntry>;
  readonly deletionsSeen: boolean;
  readonly safety: SafetyChoice;
  readonly starting: boolean;
  readonly startError: SerializedError | null;
  readonly runId: RunId | null;
}

export type WizardEvent =
  | { readonly type: 'choose-whole' }
  | { readonly type: 'choose-files' }
  | { readonly type: 'selected'; readonly selection: readonly string[] }
  | { readonly type: 'target'; readonly target: RestoreTarget }
  | { readonly type: 'mode'; readonly mode: RestoreMode }
  | { readonly type: 'next' }
  | { readonly type: 'back' }
  | { readonly type: 'check-again' }
  | { readonly type: 'planned'; readonly turn: number; readonly plan: RestorePlan }
  | { readonly type: 'plan-failed'; readonly turn: number; readonly error: SerializedError }
  | { readonly type: 'untick'; readonly entries: readonly UntickedEntry[] }
  | { readonly type: 'tick'; readonly paths: readonly string[] }
  | { readonly type: 'deletions-seen' }
  | { readonly type: 'safety'; readonly choice: SafetyChoice }
  | { readonly type: 'starting' }
  | { readonly type: 'started'; readonly runId: RunId }
  | { readonly type: 'start-failed'; readonly error: SerializedError }
  | { readonly type: 'finished' }
  /** From a result that did not work out back to a step, with everything that was chosen. */
  | { readonly type: 'once-more'; readonly from: 'where' | 'preview'; readonly doubtSafety: boolean };

export interface WizardOpening {
  readonly point: RestorePoint;
  readonly selection?: readonly string[];
  readonly target?: RestoreTarget;
  /** A plan that *Put back* worked out before it asked: the wizard opens at its preview. */
  readonly plan?: RestorePlan;
}

export function openWizard(opening: WizardOpening): WizardState {
  const { point, plan } = opening;
  const selection = plan?.request.selection ?? opening.selection ?? [];
  const known = plan !== undefined || opening.target !== undefined;
  return {
    step: plan !== undefined ? 'preview' : selection.length > 0 || known ? 'where' : 'what',
    point,
    selection,
    choosing: selection.length > 0,
    target: plan?.request.target ?? opening.target ?? { kind: 'original' },
    mode: plan?.request.mode ?? 'keep',
    planTurn: 0,
    plan: plan ?? null,
    planError: null,
    unticked: new Map(),
    deletionsSeen: false,
    safety: 'keep',
    starting: false,
    startError: null,
    runId: null,
  };
}

export function wizardRequest(state: WizardState): RestoreRequest {
  return {
    point: state.point,
    selection: state.choosing ? [...state.selection] : [],
    target: state.target,
    mode: state.mode,
  };
}

export function canGoOn(state: WizardState): boolean {
  switch (state.step) {
    case 'what':
      return !state.choosing || state.selection.length > 0;
    case 'where':
      return state.target.kind === 'original' || state.target.path.startsWith('/');
    default:
      return false;
  }
}

/** Back is possible until the run begins: what has begun can only be cancelled or undone. */
export function canGoBack(state: WizardState): boolean {
  return (state.step === 'where' || state.step === 'preview') && !state.starting;
}

export function wizardReducer(state: WizardState, event: WizardEvent): WizardState {
  switch (event.type) {
    case 'choose-whole':
      return { ...state, choosing: false };
    case 'choose-files':
      return { ...state, choosing: true };
    case 'selected':
      return { ...state, choosing: true, selection: event.selection };
    case 'target':
      return { ...state, target: event.target };
    case 'mode':
      return event.mode === state.mode ? state : planAnew({ ...state, mode: event.mode });
    case 'next':
      if (!canGoOn(state)) return state;
      return state.step === 'what' ? { ...state, step: 'where' } : planAnew({ ...state, step: 'preview' });
    case 'back':
      if (!canGoBack(state)) return state;
      return { ...state, step: state.step === 'preview' ? 'where' : 'what', startError: null };
    case 'check-again':
      return { ...planAnew(state), unticked: state.unticked };
    case 'planned':
      return event.turn === state.planTurn ? adoptPlan(state, event.plan) : state;
    case 'plan-failed':
      return event.turn === state.planTurn ? { ...state, plan: null, planError: event.error } : state;
    case 'untick':
      return { ...state, unticked: withEntries(state.unticked, event.entries) };
    case 'tick':
      return { ...state, unticked: withoutPaths(state.unticked, event.paths) };
    case 'deletions-seen':
      return { ...state, deletionsSeen: true };
    case 'safety':
      return chooseSafety(state, event.choice);
    case 'starting':
      return { ...state, starting: true, startError: null };
    case 'started':
      return { ...state, starting: false, runId: event.runId, step: 'run' };
    case 'start-failed':
      return { ...state, starting: false, startError: event.error };
    case 'once-more':
      return onceMore(state, event.from, event.doubtSafety);
    case 'finished':
      return state.step === 'run' ? { ...state, step: 'result' } : state;
  }
}

/** A plan runs once, so another attempt needs another plan; a doubt about the safety snapshot is asked there. */
function onceMore(state: WizardState, from: 'where' | 'preview', doubtSafety: boolean): WizardState {
  if (state.step !== 'result') return state;
  const afresh = { ...state, runId: null, step: from };
  if (from === 'where') return { ...afresh, plan: null };
  return { ...planAnew(afresh), safety: doubtSafety ? 'doubt' : state.safety };
}

/** What was looked at, unticked or refused was about the old plan, so it is asked again for the new one. */
function planAnew(state: WizardState): WizardState {
  return {
    ...state,
    planTurn: state.planTurn + 1,
    plan: null,
    planError: null,
    unticked: new Map(),
    deletionsSeen: false,
    safety: state.safety === 'doubt' ? 'keep' : state.safety,
    startError: null,
  };
}

/** Deletions were looked at only if there are no more of them than were looked at: none carry over to a new plan. */
function adoptPlan(state: WizardState, plan: RestorePlan): WizardState {
  return { ...state, plan, planError: null, deletionsSeen: false };
}

/** `refused` is reachable from `doubt` alone, so one slip of the hand cannot give the undo away. */
function chooseSafety(state: WizardState, choice: SafetyChoice): WizardState {
  if (choice === 'refused' && state.safety !== 'doubt') return { ...state, safety: 'doubt' };
  return { ...state, safety: choice };
}

/** The unticked paths as main takes them: leaving a folder as it is leaves everything below it. */
export function untickedPaths(unticked: ReadonlyMap<string, UntickedEntry>): readonly string[] {
  const covered = (path: string): boolean => {
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
      if (unticked.has(path.slice(0, at))) return true;
    }
    return false;
  };
  return [...unticked.keys()].filter((path) => !covered(path));
}

function withEntries(
  unticked: ReadonlyMap<string, UntickedEntry>,
  entries: readonly UntickedEntry[],
): ReadonlyMap<string, UntickedEntry> {
  const result = new Map(unticked);
  for (const entry of entries) result.set(entry.path, entry);
  return result;
}

function withoutPaths(
  unticked: ReadonlyMap<string, UntickedEntry>,
  paths: readonly string[],
): ReadonlyMap<string, UntickedEntry> {
  const result = new Map(unticked);
  for (const path of paths) {
    // Leaving a folder as it is leaves everything in it, so what is ticked again ticks the folders above it.
    for (let at = path; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) result.delete(at);
  }
  return result;
}
