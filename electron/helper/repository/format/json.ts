import { damaged } from '../failures.ts';

export type Json = null | boolean | number | bigint | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

interface RevivalContext {
  readonly source?: string;
}
type Parse = (text: string, revive: (key: string, value: unknown, context: RevivalContext) => unknown) => unknown;
/** JSON.parse with source text access and JSON.rawJSON are not in every version of the type library. */
const parseWithSource = JSON.parse as Parse;
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };

/** An integer literal that may not survive as a double. False alarms (inside a string) only cost time. */
const longInteger = /[:,[]\s*-?\d{16}/;
const integer = /^-?\d+$/;

/** Parses JSON; integers beyond 2^53 come back as bigint, whole. Anything that is not JSON is `repository-damaged`. */
export function parseJson(text: string, where: string): Json {
  try {
    if (!longInteger.test(text)) return JSON.parse(text) as Json;
    return parseWithSource(text, (_key, value, context) => {
      if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
      return context.source !== undefined && integer.test(context.source) ? BigInt(context.source) : value;
    }) as Json;
  } catch (cause) {
    throw damaged(`${where} is not valid JSON.`, {}, cause);
  }
}

/** JSON with bigint as plain integers, and escaped as Go's encoder does, so that equal documents have equal ids. */
export function encodeJson(value: Json): string {
  const raw = (_key: string, item: unknown): unknown => (typeof item === 'bigint' ? rawJSON(String(item)) : item);
  return escapeForGo(JSON.stringify(value, raw));
}

/** A JSON string literal, escaped as Go's encoder does. Lone surrogates become U+FFFD. */
export function encodeString(text: string): string {
  return escapeForGo(JSON.stringify(text.isWellFormed() ? text : text.toWellFormed()));
}

const escapedByGo = /[<>&\u2028\u2029]/;

function escapeForGo(json: string): string {
  if (!escapedByGo.test(json)) return json;
  return json.replace(/[<>&\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
