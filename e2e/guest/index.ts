export { GuestSilent } from './agent.ts';
export { type Guest, type GuestOptions, type RunOptions, type RunResult, withGuest } from './guest.ts';
export { whyNoGuest } from './missing.ts';
export { guestEnvironment, guestNode, guestTree, installProduct } from './product.ts';
export { faultsToldByKernel, startUnit, type UnitState, unitState } from './unit.ts';
