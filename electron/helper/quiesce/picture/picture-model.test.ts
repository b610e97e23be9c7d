import { describe, expect, it } from 'vitest';
import type { ChangeListener } from '../tracking/contract.ts';
import type { Picture } from './contract.ts';
import { createPicture } from './index.ts';
import { playScenario, type Scenario } from './testing/scenario.ts';

const play = (seeds: number, scenario: Scenario = {}): Promise<void> => playSeeds(seeds, scenario);

async function playSeeds(seeds: number, scenario: Scenario): Promise<void> {
  for (let seed = 1; seed <= seeds; seed += 1) await playScenario(seed, scenario);
}

/** A picture that does not hear of something. */
function deaf(to: Partial<ChangeListener>): typeof createPicture {
  return (look, options) => {
    const picture = createPicture(look, options);
    return new Proxy(picture, {
      get(target, name) {
        const instead = to[name as keyof ChangeListener];
        if (instead !== undefined) return instead;
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    }) as Picture;
  };
}

describe('a picture of a filesystem that changes all the time', () => {
  it('is exactly what was there at the still point, and says of nothing that changed that it is as before', async () => {
    await play(150);
  });

  it('is so after events were lost, and stores seen by nobody', async () => {
    await play(150, { losesEvents: true });
  });

  it('is so where things cannot be read at times', async () => {
    await play(100, { breaks: true, losesEvents: true });
  });

  it('takes what did not change from the version before', async () => {
    const saved = { files: 0 };
    const onTaken = (files: number, read: number): void => {
      saved.files += files - read;
    };
    await play(30, { quiet: true, onTaken });
    expect(saved.files).toBeGreaterThan(200);
  });
});

describe('what would be noticed', () => {
  const fails = (scenario: Scenario): Promise<void> => expect(play(150, scenario)).rejects.toThrow();

  it('a mark that is cleared after the look', () => fails({ mistakes: { clearsLate: true } }));
  it('a path that leads elsewhere by now', () => fails({ mistakes: { ignoresKeys: true } }));
  it('a folder that was read in part', () => fails({ breaks: true, mistakes: { hidesUnreadable: true } }));
  it('a writer that nobody looked for', () => fails({ losesEvents: true, mistakes: { skipsWriterScan: true } }));
  it('names not heard of', () => fails({ newPicture: deaf({ names: () => {} }) }));
  it('contents not heard of', () => fails({ newPicture: deaf({ content: () => {} }) }));
  it('metadata not heard of', () => fails({ newPicture: deaf({ metadata: () => {} }) }));
  it('doubts not heard of', () => fails({ losesEvents: true, newPicture: deaf({ doubt: () => {} }) }));
  it('a doubt that is thought to end without a walk', () =>
    fails({
      losesEvents: true,
      newPicture: (look, options) => {
        const picture = createPicture(look, options);
        return new Proxy(picture, {
          get(target, name) {
            const value: unknown = Reflect.get(target, name, target);
            if (name === 'beginWalk' && target.countFrom !== undefined) return () => {};
            return typeof value === 'function' ? value.bind(target) : value;
          },
        }) as Picture;
      },
    }));
});
