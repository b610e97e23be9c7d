export type { ChangeListener, ChangeTracker, HandleKey, Trackers } from './contract.ts';
export { createTrackers } from './trackers.ts';
