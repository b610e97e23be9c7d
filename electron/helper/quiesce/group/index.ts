export { createGroupLive } from './group-live.ts';
export { createGroupPrecopy } from './group-precopy.ts';
