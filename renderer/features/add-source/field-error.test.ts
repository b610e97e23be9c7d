import { describe, expect, it } from 'vitest';
import { fieldError, memberError } from './field-error.ts';

const error = { message: 'There is no such folder.', guidance: 'Choose another one.', field: 'params.spec.path' };

describe('an error beside its input', () => {
  it('belongs to the input that its field names, however deep', () => {
    expect(fieldError(error, 'path')).toBe('There is no such folder. Choose another one.');
    expect(fieldError({ ...error, field: 'Path' }, 'path')).not.toBeNull();
    expect(fieldError({ ...error, field: 'params.spec.excludes[2].path' }, 'path')).not.toBeNull();
  });

  it('belongs nowhere else', () => {
    expect(fieldError(error, 'name')).toBeNull();
    expect(fieldError({ ...error, field: 'pathology' }, 'path')).toBeNull();
    expect(fieldError({ ...error, field: undefined }, 'path')).toBeNull();
    expect(fieldError(null, 'path')).toBeNull();
  });
});

describe('the words of an error of one of several places', () => {
  it('stand beside that place, and at no other', () => {
    const error = { message: 'It is not there.', guidance: 'Choose another.', field: 'params.spec.members.1.path' };
    expect([0, 1, 2].map((at) => memberError(error, at))).toEqual([null, 'It is not there. Choose another.', null]);
    expect(memberError({ ...error, field: 'params.spec.members[2].path' }, 2)).toContain('not there');
    expect(memberError({ ...error, field: undefined }, 0)).toBeNull();
  });
});
