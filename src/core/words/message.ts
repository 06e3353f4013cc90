import type { Statement } from '../model/statement.ts';

/**
 * Messages and how they become statements. `{name}` stands for an argument. `{count:once|# times}` chooses the first form for 1 and the
 * second for any other number, which replaces `#`. A part in brackets that holds placeholders is left out where one of them is null:
 * `answers[ in {ms} ms]`. `{statement}` stands for another statement: its id is appended to this one's, and its arguments join this one's.
 */
export type Messages = Readonly<Record<string, string>>;

/** The braces of a message with all that is in them: `'{host} failed {count:once|# times}'` gives `'host' | 'count:once|# times'`. */
type Holes<Text extends string> = Text extends `${string}{${infer Hole}}${infer Rest}` ? Hole | Holes<Rest> : never;
type OptionalHoles<Text extends string> = Text extends `${string}[${infer Part}]${infer Rest}`
  ? Holes<Part> | OptionalHoles<Rest>
  : never;
type NameOf<Hole extends string> = Hole extends `${infer Name}:${string}` ? Name : Hole;

/** The names that a message needs: `'{host} said {status}'` gives `'host' | 'status'`. */
export type Placeholders<Text extends string> = NameOf<Holes<Text>>;

type ValueOf<Hole extends string> = Hole extends 'statement'
  ? Statement
  : Hole extends `${string}:${string}`
    ? number
    : string | number;

/** The arguments that a message needs, or all of several messages. */
export type Args<Text extends string> = [Holes<Text>] extends [never]
  ? { readonly [name: string]: never }
  : {
      readonly [Hole in Holes<Text> as NameOf<Hole>]: ValueOf<Hole> | (Hole extends OptionalHoles<Text> ? null : never);
    };

/** Arguments whose message is not known to the compiler any more. */
export type AnyArgs = Readonly<Record<string, string | number | null | Statement>>;

/** Makes the statements of one list of messages: `say('denied', { host, status })`. */
export type Say<M extends Messages> = <Id extends keyof M & string>(
  message: Id,
  ...args: [Holes<M[Id]>] extends [never] ? readonly [] : readonly [args: Args<M[Id]>]
) => Statement;

export function sayFrom<const M extends Messages>(messages: M): Say<M> {
  return (message, ...[args = {}]) => makeStatement(message, messages[message] ?? message, args);
}

/** A statement holds only arguments that are there, and another statement as its id and its arguments. */
export function makeStatement(message: string, template: string, { statement = null, ...args }: AnyArgs): Statement {
  const own: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(args)) if (value !== null && typeof value !== 'object') own[name] = value;
  if (statement === null || typeof statement !== 'object') return { message, args: own, text: fill(template, own) };
  return {
    message: `${message}/${statement.message}`,
    args: { ...statement.args, ...own },
    text: fill(template, { ...own, statement: statement.text }),
  };
}

/** The same without repetitions. */
export function distinct(statements: readonly Statement[]): readonly Statement[] {
  return [...new Map(statements.map((statement) => [statement.text, statement])).values()];
}

const PART = /\[([^[\]{}]*\{[^[\]]*)\]/g;
const HOLE = /\{(\w+)(?::([^{}|]*)\|([^{}|]*))?\}/g;

/** The text of a message; a placeholder without an argument stays as it is. */
export function fill(template: string, args: Statement['args']): string {
  return template
    .replace(PART, (_, part: string) =>
      [...part.matchAll(HOLE)].every(([, name = '']) => args[name] !== undefined) ? part : '',
    )
    .replace(HOLE, (hole, name: string, one: string | undefined, many: string | undefined) => {
      const value = args[name];
      if (value === undefined) return hole;
      return one === undefined || many === undefined
        ? String(value)
        : (value === 1 ? one : many).replaceAll('#', String(value));
    });
}

/** A message for people who read about it: every placeholder as `mark` shows its name. */
export function outline(template: string, mark: (name: string) => string): string {
  return template.replace(HOLE, (_, name: string, one: string | undefined, many: string | undefined) =>
    one === undefined || many === undefined ? mark(name) : many.replaceAll('#', mark(name)),
  );
}
