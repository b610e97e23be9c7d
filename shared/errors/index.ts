export { type ErrorKind, errorKinds } from './kinds.ts';
export { deserializeError, type SerializedError, serializeError } from './serialize.ts';
export {
  asStillpointError,
  cancelled,
  type ErrorDetails,
  isStillpointError,
  StillpointError,
  throwIfAborted,
} from './stillpoint-error.ts';
