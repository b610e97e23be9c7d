import { backendConformance } from '../../testing/backend-conformance.ts';
import { faulty } from '../../testing/faulty.ts';
import { MemoryBackend } from './memory-backend.ts';

backendConformance('the memory backend', async () => {
  const backend = new MemoryBackend();
  return { backend, other: backend, dispose: async () => {} };
});

backendConformance('a faulty backend without faults', async () => {
  const inner = new MemoryBackend();
  return { backend: faulty(inner), other: inner, dispose: async () => {} };
});
