export { createPrecopyFreeze } from './precopy-freeze.ts';
export { type PrecopySteps, precopySteps } from './steps.ts';
