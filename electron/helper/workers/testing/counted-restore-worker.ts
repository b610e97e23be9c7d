import { Steps } from './steps.ts';

// A thread that puts files back, of which every step counts.
Steps.join();
await import('../restore-worker.ts');
