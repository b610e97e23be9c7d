import type { Decision, ScheduleFacts } from './facts.ts';

/**
 * The one decision of every scheduler: what is to be done now. Pure: the same facts give the same answer, whoever asks.
 * `lost` are slots that passed unserved and are not recorded yet; whoever acts on the decision records them first.
 */
export function due(_facts: ScheduleFacts): Decision {
  throw new Error('not written yet');
}
