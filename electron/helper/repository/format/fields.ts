import { damaged } from '../failures.ts';
import { type Json, type JsonObject, parseJson } from './json.ts';

const maxUint32 = 0xffffffff;
const maxUint64 = 0xffffffffffffffffn;

/** Parses a document that must be one JSON object. `where` names it in errors, e.g. "The snapshot file". */
export function parseObject(text: string, where: string): JsonObject {
  return asObject(parseJson(text, where), where);
}

export function asObject(value: Json | undefined, where: string): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw damaged(`${where} is not an object.`);
}

/** Go writes an empty list as null or leaves it out. */
export function listField(object: JsonObject, key: string, where: string): readonly Json[] {
  const value = object[key];
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value as readonly Json[];
  throw wrong(key, where, 'a list');
}

export function stringListField(object: JsonObject, key: string, where: string): readonly string[] {
  return listField(object, key, where).map((item) => {
    if (typeof item === 'string') return item;
    throw wrong(key, where, 'a list of strings');
  });
}

export function stringField(object: JsonObject, key: string, where: string): string {
  const value = object[key];
  if (typeof value === 'string') return value;
  throw wrong(key, where, 'a string');
}

export function optionalStringField(object: JsonObject, key: string, where: string): string | undefined {
  const value = object[key];
  return value === undefined || value === null ? undefined : stringField(object, key, where);
}

/** An integer of 0 to 2^32-1; absent is 0, as Go has it. */
export function uint32Field(object: JsonObject, key: string, where: string): number {
  const value = object[key] ?? 0;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= maxUint32) return value;
  throw wrong(key, where, 'an integer of 32 bits');
}

/** An integer of 0 to 2^64-1; absent is 0, as Go has it. */
export function uint64Field(object: JsonObject, key: string, where: string): bigint {
  const value = object[key] ?? 0;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return BigInt(value);
  if (typeof value === 'bigint' && value >= 0n && value <= maxUint64) return value;
  throw wrong(key, where, 'an integer of 64 bits');
}

export function booleanField(object: JsonObject, key: string, where: string): boolean {
  const value = object[key] ?? false;
  if (typeof value === 'boolean') return value;
  throw wrong(key, where, 'true or false');
}

/** Base64 as Go's encoding/json writes a []byte: standard alphabet, padded; null and absent are empty. */
export function bytesField(object: JsonObject, key: string, where: string): Buffer {
  const value = object[key];
  if (value === undefined || value === null) return Buffer.alloc(0);
  if (typeof value === 'string' && value.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(value)) {
    return Buffer.from(value, 'base64');
  }
  throw wrong(key, where, 'base64');
}

function wrong(key: string, where: string, expected: string): Error {
  return damaged(`${where} has a field "${key}" that is not ${expected}.`);
}
