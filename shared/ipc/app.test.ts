import { expect, it } from 'vitest';
import { appMethods, settingsSchema } from './app.ts';

it('changes of settings hold what they name and nothing else', () => {
  expect(appMethods['settings.set'].params.parse({ theme: 'dark' })).toEqual({ theme: 'dark' });
  expect(appMethods['settings.set'].params.parse({ keepRunning: null })).toEqual({ keepRunning: null });
});

it('settings of an earlier version get the defaults of what they do not know', () => {
  const earlier = {
    version: 1,
    theme: 'dark',
    language: 'en',
    firstRunDone: true,
    selectedSourceId: null,
    timelineView: null,
  };
  expect(settingsSchema.parse(earlier)).toEqual({
    ...earlier,
    startAtLogin: null,
    keepRunning: null,
    notifySuccess: false,
  });
});
