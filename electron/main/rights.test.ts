import { beforeEach, expect, it } from 'vitest';
import type { HelperCommandName } from '../../shared/helper/contract.ts';
import type { HelperState } from '../../shared/ipc/app.ts';
import type { Asking } from './helper-client/supervisor.ts';
import { rememberedRights } from './rights.ts';

const withoutRights: HelperState = {
  state: 'ready',
  canFreeze: false,
  explanation: 'It runs with your own rights.',
  canAskForRights: true,
  refused: false,
  crashes: 0,
  scheduledStillPoints: false,
};
const withRights = { ...withoutRights, canFreeze: true, explanation: '', canAskForRights: false };

let state: HelperState;
let answer: HelperState;
let nobodyAsked: boolean;
let told: (string | boolean)[];
beforeEach(() => {
  state = withoutRights;
  answer = withRights;
  nobodyAsked = false;
  told = [];
});

const rights = rememberedRights(
  {
    get state(): HelperState {
      return state;
    },
    get nobodyAsked(): boolean {
      return nobodyAsked;
    },
    requestRights: async (asking?: Asking) => {
      told.push(asking?.mayAsk === false ? 'silent' : 'asked');
      state = answer;
      return state;
    },
    refresh: async () => {
      told.push('refreshed');
      return state;
    },
    call: async (name: HelperCommandName) => {
      told.push(name);
      state = { ...state, scheduledStillPoints: name === 'schedule.allowStillPoints' };
      return {} as never;
    },
  },
  {
    set: async (granted) => {
      told.push(granted);
    },
  },
);

it('remembers what a person answered, and nothing of what nobody was asked', async () => {
  await rights.requestRights({ mayAsk: false });
  expect(told).toEqual(['silent']);
  await rights.requestRights();
  answer = { ...withoutRights, refused: true };
  await rights.requestRights({ mayAsk: true });
  expect(told).toEqual(['silent', 'asked', true, 'asked', false]);
});

it('remembers what was allowed before, where the question reached nobody', async () => {
  answer = { ...withoutRights, refused: true };
  nobodyAsked = true;
  await rights.requestRights();
  expect(told).toEqual(['asked']);
});

it('asks for rights first where the consent needs them, and tells the state afterwards', async () => {
  expect(await rights.allowStillPoints(true)).toMatchObject({ canFreeze: true, scheduledStillPoints: true });
  expect(told).toEqual(['asked', true, 'schedule.allowStillPoints', 'refreshed']);
  told = [];
  expect(await rights.allowStillPoints(false)).toMatchObject({ scheduledStillPoints: false });
  expect(told).toEqual(['schedule.forbidStillPoints', 'refreshed']);
});

it('allows nothing without them: a record with the wrong helper would promise what does not happen', async () => {
  answer = { ...withoutRights, refused: true, explanation: 'Permission was asked for and not given.' };
  await expect(rights.allowStillPoints(true)).rejects.toMatchObject({
    kind: 'not-permitted',
    message: expect.stringContaining('Permission was asked for and not given.'),
  });
  expect(told).toEqual(['asked', false]);
});
