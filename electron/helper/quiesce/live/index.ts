export { createLive, type LiveOptions, type LiveSteps, liveSteps } from './live.ts';
