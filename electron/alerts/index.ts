export { alertSender } from './alert-sender.ts';
export { type AlertFacts, alertAbout, testAlert } from './alert-texts.ts';
export type { AlertAdapter, AlertOptions, Delivery } from './contract.ts';
export { AlertOutbox, type ChannelState, type OutboxOptions } from './outbox/alert-outbox.ts';
export { withoutPaths } from './without-paths.ts';
