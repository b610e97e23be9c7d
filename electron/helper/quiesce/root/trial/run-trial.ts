import { closeSync, openSync } from 'node:fs';
import type { FreezeTrial } from '../../../../../shared/domain/freeze-trial.ts';
import { nsToInstant } from '../../../../../shared/domain/time.ts';
import { asStillpointError, isStillpointError, throwIfAborted } from '../../../../../shared/errors/index.ts';
import type { FilesystemFacts } from '../../../sources/filesystem/facts.ts';
import type { PhaseReporter } from '../../contract.ts';
import type { QuiesceEnvironment } from '../../environment.ts';
import { startProbe, type WriterProbe } from '../../guard/index.ts';
import { flushUntilQuick } from '../../holding/flush-until-quick.ts';
import { type HoldSteps, holdSteps, holdStill } from '../../holding/hold-still.ts';

export interface TrialParts {
  readonly facts: FilesystemFacts;
  readonly filesystem: string;
  readonly kernel: string;
  readonly leaseMs: number;
  readonly environment: QuiesceEnvironment;
  /** A folder of ours, for a writer that feels the hold; looked at only where it lies on that filesystem. */
  readonly probeFolder: string | undefined;
  readonly signal: AbortSignal;
  readonly steps?: HoldSteps;
}

/** The first is often the longest: what everything waits for is read from the disk then. */
const holds = 3;

/**
 * Holds the filesystem three times, as a backup would, and copies nothing. Resolves with what came of it, also when that
 * was nothing good; it ends with the first hold that was too long. Rejects only when nothing was tried: cancelled, or
 * refused before any freeze (`freeze-busy`, sleep, no rights).
 */
export async function runTrial(parts: TrialParts): Promise<FreezeTrial> {
  const { facts, leaseMs, signal } = parts;
  const fd = openSync(facts.mountPoint, 'r');
  const stallsMs: number[] = [];
  let longestProbeMs: number | null = null;
  let reason = '';
  const probe = await probeOf(parts);
  try {
    for (let n = 0; n < holds && reason === ''; n += 1) {
      throwIfAborted(signal);
      probe?.read();
      const outcome = await holdOnce(parts, fd);
      const felt = probe?.read();
      if (outcome.stallMs !== null) stallsMs.push(outcome.stallMs);
      if (felt !== undefined) longestProbeMs = Math.max(longestProbeMs ?? 0, felt.longestMs);
      reason = outcome.reason !== '' ? outcome.reason : tooLong(outcome.stallMs ?? 0, felt?.longestMs ?? 0, leaseMs);
    }
  } finally {
    await probe?.[Symbol.asyncDispose]();
    closeSync(fd);
  }
  return {
    outcome: reason === '' ? 'passed' : 'failed',
    reason,
    at: nsToInstant(BigInt(Date.now()) * 1_000_000n),
    kernel: parts.kernel,
    filesystem: parts.filesystem,
    mountPoint: facts.mountPoint,
    leaseMs,
    stallsMs,
    longestProbeMs,
  };
}

interface HoldOutcome {
  readonly stallMs: number | null;
  readonly reason: string;
}

async function holdOnce(parts: TrialParts, fd: number): Promise<HoldOutcome> {
  const { facts, leaseMs, environment, signal, steps = holdSteps } = parts;
  const told: { stallMs: number | null } = { stallMs: null };
  try {
    await holdStill(
      {
        facts,
        rootFd: fd,
        longestStallMs: leaseMs,
        context: { signal, report: reporterInto(told) },
        environment: { ...environment, emergencyThaw: true },
        steps,
        flush: () => flushUntilQuick(() => steps.flush(fd), leaseMs, signal),
      },
      () => undefined,
    );
    return { stallMs: told.stallMs, reason: '' };
  } catch (error) {
    // What was held and did not last is what a trial is for; what was never begun says nothing.
    if (!isStillpointError(error, 'freeze-ended-early')) throw error;
    return { stallMs: told.stallMs, reason: asStillpointError(error).message };
  }
}

function tooLong(stallMs: number, probeMs: number, leaseMs: number): string {
  const longest = Math.max(stallMs, probeMs);
  if (longest <= leaseMs) return '';
  return `Writers waited ${Math.round(longest)} ms, longer than the ${leaseMs} ms allowed.`;
}

/** A trial without one says so in its result; it is no reason against it. */
async function probeOf({ environment, probeFolder }: TrialParts): Promise<WriterProbe | undefined> {
  if (probeFolder === undefined) return undefined;
  try {
    return await startProbe(environment.guardBinary, probeFolder);
  } catch {
    return undefined;
  }
}

/** Nobody reads along: what came of it is in the result. */
function reporterInto(told: { stallMs: number | null }): PhaseReporter {
  return {
    phase: (_, work) => work(),
    past: () => {},
    advance: () => {},
    totals: () => {},
    note: () => {},
    held: (_from, _to, stallMs) => {
      told.stallMs = stallMs;
    },
  };
}
