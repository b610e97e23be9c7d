import { asStillpointError, type StillpointError } from '../../../shared/errors/index.ts';
import type { HelperCommandName, HelperParams, HelperResult } from '../../../shared/helper/contract.ts';
import type { HelperStatus } from '../../../shared/helper/status-commands.ts';
import type { HelperState } from '../../../shared/ipc/app.ts';
import type { HelperCallOptions, HelperCalls } from '../jobs/ports.ts';
import type { Launch } from './helper-process.ts';
import {
  crashed,
  describeExit,
  gaveUpWords,
  grantedLaterWords,
  lostRightsWords,
  nobodyAskedWords,
  notTakenOverWords,
  notUsed,
  refusedWords,
  unavailable,
} from './helper-words.ts';
import { whyNotGiven } from './launch-with-rights.ts';
import { restartDelay } from './restart-policy.ts';
import { openSession, type Session, type SessionEnd, StartFailure } from './session.ts';

export interface SupervisorOptions {
  /** Starts the helper with our own rights; also after one with more rights has crashed. Never asks anybody. */
  readonly launch: Launch;
  /** Verifies the installed copy and says how to start it; rejects with words when it may not be started. */
  readonly prepareLaunchWithRights: () => Promise<Launch>;
  /** Whether asking an administrator could help; looked at once per start of a helper. */
  readonly canAskForRights: () => Promise<boolean>;
  readonly onState: (state: HelperState) => void;
  /** Whether rights would be given at once, with nobody asked. */
  readonly areRightsFree: () => Promise<boolean>;
  /** Before a helper is used: it is told what another one had registered. Rejects when it must not be used with rights. */
  readonly bringUp: (calls: HelperCalls, status: HelperStatus, asking: Asking) => Promise<void>;
  /** A helper was started and knows no password yet. */
  readonly onReady: (calls: HelperCalls) => void;
  readonly log: (line: string) => void;
  readonly now: () => number;
}

export interface Asking {
  /** False: nobody is shown a question, and what would need one is not done. */
  readonly mayAsk: boolean;
}

/** Time to start; time to start when a person is asked first. Milliseconds. */
const helloMs = 20_000;
const helloAfterQuestionMs = 300_000;
/** How long a call waits for a helper that is being started again. */
const patienceMs = 30_000;
/** After we gave up, a call may try anew this much later. */
const retryAfterMs = 60_000;

/**
 * Keeps one helper running. Its exit is an event of its own only when we wanted it; otherwise it is a crash: pending
 * calls reject with `helper-crashed`, and it is started again with growing pauses until it has crashed too often.
 */
export class HelperSupervisor implements HelperCalls {
  readonly #options: SupervisorOptions;
  #session: Session | undefined;
  #state: HelperState['state'] = 'starting';
  #words = '';
  #canAsk = false;
  #refused = false;
  #nobodyAsked = false;
  #crashes: number[] = [];
  #gaveUpAt = 0;
  #stopped = false;
  #waiters: { resolve: (session: Session) => void; reject: (error: StillpointError) => void }[] = [];
  #asking: { readonly mayAsk: boolean; readonly state: Promise<HelperState> } | undefined;
  #successor: (Asking & { readonly session: Session }) | undefined;
  /** The one in use, where it was given more rights than ours. */
  #givenRights: Session | undefined;
  #handingOver: Promise<void> | undefined;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  get state(): HelperState {
    const status = this.#session?.status;
    return {
      state: this.#state,
      canFreeze: status?.canFreeze ?? false,
      explanation: this.#words || (status?.cannotFreezeBecause ?? ''),
      canAskForRights: this.#canAsk && status?.uid !== 0,
      refused: this.#refused,
      crashes: this.#crashes.length,
      scheduledStillPoints: status?.scheduledStillPoints ?? false,
    };
  }

  /** The last question reached nobody: that rights are missing is nobody's answer. */
  get nobodyAsked(): boolean {
    return this.#nobodyAsked;
  }

  async start(): Promise<void> {
    this.#tell('starting', '');
    this.#canAsk = await this.#options.canAskForRights();
    try {
      const session = await openSession(this.#options.launch, helloMs, this.#options.log);
      await this.#options
        .bringUp(session.connection, session.status, { mayAsk: false })
        .catch((error) => this.#options.log(`helper: what is registered could not be compared: ${String(error)}`));
      if (this.#stopped) return session.stop(unavailable('Stillpoint is closing.'));
      this.#use(session);
    } catch (error) {
      this.#failedToStart(error);
    }
  }

  async call<N extends HelperCommandName>(
    name: N,
    params: HelperParams<N>,
    options?: HelperCallOptions<N>,
  ): Promise<HelperResult<N>> {
    if (isScheduled(name, params)) await this.requestRights({ mayAsk: false });
    const session = this.#session ?? (await this.#nextSession());
    try {
      return await session.connection.call(name, params, options);
    } finally {
      if (this.#successor) void this.#handOver();
    }
  }

  /**
   * Asks an administrator, through the system's own question. Resolves with the state afterwards, refusal included;
   * rejects when there is nothing that may be started with more rights. `mayAsk: false`: takes the rights only where the
   * system gives them without a question, never rejects, and counts nothing as a refusal.
   */
  async requestRights({ mayAsk }: Asking = { mayAsk: true }): Promise<HelperState> {
    const underWay = this.#asking;
    if (underWay !== undefined) {
      // Somebody may take minutes to answer, and nobody waits for that who asks nobody.
      if (underWay.mayAsk && !mayAsk) return this.state;
      await underWay.state.catch(() => undefined);
      // A person who asks is not put off with what could be had without a question.
      if (!mayAsk || this.#hasRights) return this.state;
      return underWay.mayAsk ? underWay.state : this.requestRights({ mayAsk });
    }
    const state = (mayAsk ? this.#requestRights() : this.#takeFreeRights()).finally(() => {
      this.#asking = undefined;
    });
    this.#asking = { mayAsk, state };
    return state;
  }

  /** Asks the helper again what it can do, after a command that changed it. */
  async refresh(): Promise<HelperState> {
    const session = this.#session;
    if (session) session.status = await session.connection.call('helper.status', {});
    this.#tell(this.#state, this.#words);
    return this.state;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    const reason = unavailable('Stillpoint is closing.');
    this.#rejectWaiters(reason);
    const sessions = [this.#session, this.#successor?.session];
    this.#session = undefined;
    this.#successor = undefined;
    await Promise.all(sessions.map((session) => session?.stop(reason)));
  }

  get #hasRights(): boolean {
    return this.#session?.status.uid === 0 || this.#successor !== undefined;
  }

  async #requestRights(): Promise<HelperState> {
    if (this.#hasRights) return this.state;
    const launch = await this.#options.prepareLaunchWithRights();
    try {
      const session = await openSession(launch, helloAfterQuestionMs, this.#options.log);
      this.#successor = { session, mayAsk: true };
    } catch (error) {
      return this.#rightsNotGiven(error);
    }
    return this.#given();
  }

  /** What goes wrong is for the log: nobody asked for anything. */
  async #takeFreeRights(): Promise<HelperState> {
    try {
      if (this.#hasRights || this.#stopped || !(await this.#options.areRightsFree())) return this.state;
      const session = await openSession(await this.#options.prepareLaunchWithRights(), helloMs, this.#options.log);
      if (this.#stopped) await session.stop(notUsed());
      else this.#successor = { session, mayAsk: false };
    } catch (error) {
      this.#options.log(`rights: could be had without a question, and were not: ${asReason(error).message}`);
      return this.state;
    }
    return this.#given();
  }

  async #given(): Promise<HelperState> {
    if (!this.#successor) return this.state;
    this.#refused = false;
    this.#nobodyAsked = false;
    this.#tell(this.#state, grantedLaterWords);
    await this.#handOver();
    return this.state;
  }

  #rightsNotGiven(error: unknown): HelperState {
    const failure = error instanceof StartFailure ? error : undefined;
    const why = whyNotGiven(failure?.exit?.code, failure?.said ?? '');
    if (why === undefined) throw asReason(error);
    this.#options.log(`rights: ${why} (pkexec ended with ${failure?.exit?.code})`);
    this.#refused = true;
    this.#nobodyAsked = why === 'nobody-asked';
    this.#tell(this.#state, why === 'refused' ? refusedWords : nobodyAskedWords);
    return this.state;
  }

  /** The helper with rights takes over when nothing is under way that would be lost, with all that was registered. */
  #handOver(): Promise<void> {
    this.#handingOver ??= this.#tryHandOver().finally(() => {
      this.#handingOver = undefined;
    });
    return this.#handingOver;
  }

  async #tryHandOver(): Promise<void> {
    const successor = this.#successor;
    const isBusy = (): boolean => (this.#session?.connection.runsUnderWay ?? 0) > 0;
    if (!successor || isBusy()) return;
    try {
      await this.#options.bringUp(successor.session.connection, successor.session.status, successor);
    } catch (error) {
      // Sources that nobody protects any more would be worse than none that are held still.
      const { message } = asStillpointError(error);
      this.#options.log(`rights: not used, because what is registered could not be taken over: ${message}`);
      this.#successor = undefined;
      // Nobody refused what nobody was asked.
      this.#refused = successor.mayAsk;
      this.#nobodyAsked = !successor.mayAsk;
      this.#tell(this.#state, `${notTakenOverWords}: ${message}`);
      await successor.session.stop(notUsed());
      return;
    }
    if (isBusy()) return;
    const former = this.#session;
    this.#successor = undefined;
    this.#givenRights = successor.session;
    this.#use(successor.session);
    void former?.stop(crashed());
  }

  #use(session: Session): void {
    this.#session = session;
    this.#tell('ready', '');
    for (const waiter of this.#waiters.splice(0)) waiter.resolve(session);
    this.#options.onReady(session.connection);
    void session.ended.then((end) => this.#ended(session, end));
  }

  #ended(session: Session, end: SessionEnd): void {
    if (this.#session !== session) {
      this.#options.log(`helper: ended as asked (${describeExit(end.exit)})`);
      return;
    }
    this.#session = undefined;
    const reason = end.fault?.message ?? describeExit(end.exit);
    this.#options.log(`helper: crashed: ${reason}`);
    if (this.#successor) {
      this.#crashes.push(this.#options.now());
      void this.#handOver();
      return;
    }
    this.#startAgain(session === this.#givenRights ? lostRightsWords : '');
  }

  #failedToStart(error: unknown): void {
    const reason = asReason(error);
    const exit = error instanceof StartFailure && error.exit ? ` (${describeExit(error.exit)})` : '';
    this.#options.log(`helper: did not start: ${reason.message}${exit}`);
    if (reason.kind === 'helper-unavailable') this.#giveUp(reason.message, reason);
    else this.#startAgain('');
  }

  /** `words`: what people are told beyond that it is started again; empty for nothing. */
  #startAgain(words: string): void {
    this.#crashes.push(this.#options.now());
    const delay = restartDelay(this.#crashes);
    if (delay === undefined) {
      this.#giveUp(gaveUpWords, unavailable(gaveUpWords));
      return;
    }
    this.#tell('crashed', words);
    setTimeout(() => {
      if (this.#stopped || this.#session) return;
      void this.start().then(async () => {
        if (words === '' || this.#state !== 'ready') return;
        this.#tell('ready', words);
        // Where that needs no question it is as if it had not stopped; where it does, a person asks again.
        await this.requestRights({ mayAsk: false });
      });
    }, delay).unref();
  }

  #giveUp(explanation: string, error: StillpointError): void {
    this.#gaveUpAt = this.#options.now();
    this.#tell('unavailable', explanation);
    this.#rejectWaiters(error);
  }

  #nextSession(): Promise<Session> {
    if (this.#stopped) return Promise.reject(unavailable('Stillpoint is closing.'));
    if (this.#state === 'unavailable') {
      if (this.#options.now() - this.#gaveUpAt < retryAfterMs) return Promise.reject(unavailable(this.#words));
      void this.start();
    }
    const { promise, resolve, reject } = Promise.withResolvers<Session>();
    const timer = setTimeout(() => reject(unavailable('The backup helper is still being started.')), patienceMs);
    this.#waiters.push({ resolve, reject });
    return promise.finally(() => clearTimeout(timer));
  }

  #rejectWaiters(error: StillpointError): void {
    for (const waiter of this.#waiters.splice(0)) waiter.reject(error);
  }

  #tell(state: HelperState['state'], words: string): void {
    this.#state = state;
    this.#words = words;
    this.#options.onState(this.state);
  }
}

/** Nobody is there to allow anything: such a run gets what it can have unasked, also where that was not so at the start. */
function isScheduled<N extends HelperCommandName>(name: N, params: HelperParams<N>): boolean {
  return name === 'backup.run' && 'trigger' in params && params.trigger === 'schedule';
}

function asReason(error: unknown): StillpointError {
  return error instanceof StartFailure ? error.reason : asStillpointError(error);
}
