import { describe, expect, it } from 'vitest';
import { fieldError } from './field-error.ts';

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
