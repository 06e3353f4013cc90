import * as z from 'zod/mini';
import { isPrivateNumber, openingFieldOf, privacyOf, type Privacy } from '../core/model/privacy.ts';

/** Gives the string that stands in place of another. `isOpen`: the object that it belongs to says that its names are public. */
export type Change = (value: string, privacy: Privacy, isOpen: boolean) => string;

type Walk = (value: unknown, change: Change, isOpen: boolean) => unknown;

/** A document has thousands of values and its schema some hundred nodes: those are read once. */
const WALKS = new WeakMap<z.core.$ZodType, Walk>();

/**
 * Walks a document and its schema together and changes the document's strings by the privacy classes that the schema gives them. Fields that
 * the schema does not know are left out. Throws for a schema with a string that has no class.
 */
export function mapStrings(schema: z.core.$ZodType, document: unknown, change: Change): unknown {
  const walk = WALKS.get(schema) ?? walkOf(schema, '');
  WALKS.set(schema, walk);
  return walk(document, change, false);
}

/** The different strings of each class in a document, without those that are public by their object. */
export function stringsOf(
  schema: z.core.$ZodType,
  document: unknown,
): (privacyClass: Privacy['class']) => readonly string[] {
  const found = new Map<Privacy['class'], Set<string>>();
  mapStrings(schema, document, (value, { class: privacyClass }, isOpen) => {
    if (isOpen) return value;
    const values = found.get(privacyClass) ?? new Set();
    found.set(privacyClass, values.add(value));
    return value;
  });
  return (privacyClass) => [...(found.get(privacyClass) ?? [])];
}

function walkOf(schema: z.core.$ZodType, place: string): Walk {
  if (schema instanceof z.ZodMiniString) return stringWalk(schema, place);
  if (schema instanceof z.ZodMiniObject) return objectWalk(schema, place);
  if (schema instanceof z.ZodMiniArray) return listWalk(walkOf(schema.def.element, `${place}[]`));
  if (schema instanceof z.ZodMiniRecord) return recordWalk(schema, place);
  if (schema instanceof z.ZodMiniUnion || schema instanceof z.ZodMiniDiscriminatedUnion)
    return unionWalk(schema, place);
  if (isWrapper(schema)) return walkOf(schema.def.innerType, place);
  if (isPrivateNumber(schema)) return (value) => (typeof value === 'number' ? 0 : value);
  if (isClosed(schema)) return (value) => value;
  throw new Error(`${place}: the sanitizer does not know this kind of schema`);
}

function isWrapper(schema: z.core.$ZodType) {
  return (
    schema instanceof z.ZodMiniNullable ||
    schema instanceof z.ZodMiniOptional ||
    schema instanceof z.ZodMiniReadonly ||
    schema instanceof z.ZodMiniPrefault ||
    schema instanceof z.ZodMiniCatch
  );
}

/** Takes numbers, flags, the words of a closed list and words with a number, and no other string. */
function isClosed(schema: z.core.$ZodType): boolean {
  return (
    schema instanceof z.ZodMiniNumber ||
    schema instanceof z.ZodMiniBoolean ||
    schema instanceof z.ZodMiniEnum ||
    schema instanceof z.ZodMiniTemplateLiteral ||
    schema instanceof z.ZodMiniLiteral
  );
}

function stringWalk(schema: z.ZodMiniString, place: string): Walk {
  const privacy = privacyOf(schema);
  if (privacy === undefined) throw new Error(`${place}: this string has no privacy class (see core/model/privacy.ts)`);
  return (value, change, isOpen) => (typeof value === 'string' ? change(value, privacy, isOpen) : value);
}

function objectWalk(schema: z.ZodMiniObject, place: string): Walk {
  const fields = Object.entries(schema.def.shape).map(
    ([name, inner]) => [name, walkOf(inner, place === '' ? name : `${place}.${name}`)] as const,
  );
  const field = openingFieldOf(schema);
  return (value, change, isOpen) => {
    if (!isObject(value)) return value;
    const isOpenHere = field === undefined ? isOpen : value[field] === true && value['byOwnRoot'] !== true;
    const changed: Record<string, unknown> = {};
    for (const [name, walk] of fields) {
      if (value[name] !== undefined) changed[name] = walk(value[name], change, isOpenHere);
    }
    return changed;
  };
}

function listWalk(walk: Walk): Walk {
  return (value, change, isOpen) =>
    Array.isArray(value) ? value.map((item: unknown) => walk(item, change, isOpen)) : value;
}

function recordWalk({ def }: z.ZodMiniRecord, place: string): Walk {
  const walkKey = walkOf(def.keyType, `${place} (key)`);
  const walk = walkOf(def.valueType, `${place}{}`);
  return (value, change, isOpen) =>
    isObject(value)
      ? Object.fromEntries(
          Object.entries(value).map(([key, inner]) => [
            String(walkKey(key, change, isOpen)),
            walk(inner, change, isOpen),
          ]),
        )
      : value;
}

/** A union names its discriminator, or at most one of its options takes strings of any content: a guess could pick the wrong class. */
function unionWalk({ def }: z.ZodMiniUnion, place: string): Walk {
  if ('discriminator' in def) return discriminatedWalk(def.options, String(def.discriminator), place);
  const open = def.options.filter((option) => !isClosed(option));
  const [option] = open;
  if (option === undefined) return (value) => value;
  if (open.length > 1 || !(option instanceof z.ZodMiniString))
    throw new Error(`${place}: the options of this union cannot be told apart`);
  return stringWalk(option, place);
}

function discriminatedWalk(options: readonly z.core.$ZodType[], discriminator: string, place: string): Walk {
  const walks = new Map<unknown, Walk>();
  for (const option of options) {
    const field = option instanceof z.ZodMiniObject ? option.def.shape[discriminator] : undefined;
    if (!(field instanceof z.ZodMiniLiteral)) throw new Error(`${place}: an option has no literal as ${discriminator}`);
    for (const word of field.def.values) walks.set(word, walkOf(option, `${place}(${String(word)})`));
  }
  return (value, change, isOpen) =>
    isObject(value) ? walks.get(value[discriminator])?.(value, change, isOpen) : value;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
