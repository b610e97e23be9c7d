export { createFsfreezeCopy, type FreezeSteps, freezeSteps } from './fsfreeze-copy.ts';
