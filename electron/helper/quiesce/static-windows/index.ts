export type { RecordedActivity } from './change-record.ts';
export { QuietRecorder, type QuietRecorderOptions } from './quiet-recorder.ts';
export { StaticWindows, type StaticWindowsOptions } from './static-windows.ts';
