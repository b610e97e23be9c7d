import { describe, expect, it } from 'vitest';
import { recoveryPage, shellQuote } from './recovery-page.ts';
import { recoveryPassword } from './recovery-password.ts';
import { makeRecoverySheet, type RecoverySheetOptions } from './recovery-sheet.ts';

describe('the recovery sheet', () => {
  const repository = { id: 'ab'.repeat(32), name: 'A & B <disk>', place: "/media/my disk/it's" };

  it('has a password of 200 random bits that can be read from paper', () => {
    const password = recoveryPassword();
    expect(password).toMatch(/^([0-9A-HJKMNP-TV-Z]{5}-){7}[0-9A-HJKMNP-TV-Z]{5}$/);
    expect(recoveryPassword()).not.toBe(password);
    expect(recoveryPassword((size) => new Uint8Array(size).fill(33))).toBe(Array(8).fill('11111').join('-'));
  });

  it('says all that is needed, and nothing in it is markup by accident', () => {
    const content = { repositoryName: repository.name, repositoryId: repository.id, password: 'PW-1', hostname: 'h' };
    const page = recoveryPage({ ...content, place: repository.place, date: '20 November 2025' });
    expect(page).not.toContain('<disk>');
    for (const part of ['A &#38; B &#60;disk&#62;', repository.id, 'PW-1', '20 November 2025', 'restic -r']) {
      expect(page).toContain(part);
    }
  });

  it('quotes a place for a shell', () => {
    expect(shellQuote('/media/disk')).toBe('/media/disk');
    expect(shellQuote(repository.place)).toBe("'/media/my disk/it'\\''s'");
  });

  function sheet(more: Partial<RecoverySheetOptions> = {}) {
    const keys = new Set<string>();
    const written: string[] = [];
    const options: RecoverySheetOptions = {
      pickPath: async (name) => `/out/${name}`,
      addKey: async (password) => {
        keys.add(password);
        return { keyId: password };
      },
      removeKey: async (keyId) => {
        keys.delete(keyId);
      },
      printPdf: async (html) => new TextEncoder().encode(html),
      writeFile: async (path) => {
        written.push(path);
      },
      hostname: 'host',
      now: () => Date.parse('2025-11-20T12:00:00Z'),
      ...more,
    };
    return { keys, written, make: () => makeRecoverySheet(repository, options) };
  }

  it('opens its repository with the password that is printed', async () => {
    let printed = '';
    const { make, keys, written } = sheet({
      printPdf: async (html) => {
        printed = html;
        return new Uint8Array();
      },
    });
    expect(await make()).toBe('/out/Stillpoint recovery sheet A & B <disk> 2025-11-20.pdf');
    expect(written).toHaveLength(1);
    expect(keys.size).toBe(1);
    expect(printed).toContain([...keys][0]);
  });

  it('leaves no key when the dialog is closed', async () => {
    const { make, keys, written } = sheet({ pickPath: async () => null });
    expect(await make()).toBeNull();
    expect({ keys: keys.size, written }).toEqual({ keys: 0, written: [] });
  });

  it.each(['printPdf', 'writeFile'] as const)('leaves no key when %s fails', async (step) => {
    const { make, keys } = sheet({ [step]: () => Promise.reject(new Error('full')) });
    await expect(make()).rejects.toThrow('full');
    expect(keys.size).toBe(0);
  });

  it('tells both when the key cannot be removed either', async () => {
    const failing = {
      printPdf: () => Promise.reject(new Error('full')),
      removeKey: () => Promise.reject(new Error('gone')),
    };
    await expect(sheet(failing).make()).rejects.toMatchObject({ errors: [{ message: 'full' }, { message: 'gone' }] });
  });
});
