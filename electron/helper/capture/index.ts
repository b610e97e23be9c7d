export { createAhead } from './ahead.ts';
export { isBaseNotStored } from './base-content.ts';
export { blobStoreFor } from './blob-store-for.ts';
export { capture } from './capture.ts';
export type {
  AddFiles,
  BlobStore,
  Capture,
  Captured,
  CaptureOptions,
  CaptureTotals,
  Chunker,
  ParentOptions,
  SavedBlob,
} from './contract.ts';
export { addFiles } from './extra-files.ts';
