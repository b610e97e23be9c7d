import type { RestorePlan, RestorePoint } from '../../../shared/domain/restore.ts';
import type { WizardOpening } from './wizard-state.ts';

let handedOver: { readonly point: RestorePoint; readonly opening: WizardOpening } | null = null;

/** Leaves the wizard more than its view can say: the plan that *Put back* asked about, or a folder to offer. */
export function handOver(opening: WizardOpening): void {
  handedOver = { point: opening.point, opening };
}

/** What was handed over for this very point object, so that another restore of the same snapshot begins afresh. */
export function takeOpening(point: RestorePoint, selection: readonly string[]): WizardOpening {
  const given = handedOver;
  if (given !== null && given.point === point) return given.opening;
  return { point, selection };
}

export function planOpening(plan: RestorePlan): WizardOpening {
  return { point: plan.request.point, plan };
}
