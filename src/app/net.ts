import { basename } from 'node:path';
import { CHECKS } from '../../checks/index.ts';
import { CATALOGUE } from '../catalog/catalogue.ts';
import { CAUSES } from '../causes/index.ts';
import { OUTCOMES } from '../core/model/outcome.ts';
import { SHARED_MESSAGES } from '../core/words/shared.ts';
import { printable } from '../core/values/printable.ts';
import { Sanitizer } from '../sanitize/sanitizer.ts';
import type { RemovedKind } from '../sanitize/values/pseudonym-kinds.ts';
import { netOf, RAW_NET, type Net } from '../sanitize/net.ts';
import type { LocalNames } from '../sanitize/seeds-of-evidence.ts';
import { NO_SEEDS, type Seeds } from '../sanitize/values/seeds.ts';
import { isKnownWord } from '../sanitize/values/vocabulary.ts';
import type { Outlet, Terminal } from './terminal.ts';

/** A word that is meant as an option holds nothing private; `--password=x` is its name and a value. */
const OPTION = /^--?([a-z][a-z-]{0,30})(?:=(.*))?$/s;
const VARIABLE = /^(?:https?|all|ftp|wss?|no)_proxy$/i;
const SHORTEST_SECRET = 4;

/** Words of the tool's own sentences, lower case: a host of the same name is told by its field, never by its looks. */
export function ownWords(): readonly string[] {
  return (told ??= toldWords());
}

let told: readonly string[] | null = null;

function toldWords(): readonly string[] {
  const texts = [
    ...[...CHECKS, ...CAUSES].flatMap(({ id, remedy, messages }) => [id, remedy, ...Object.values(messages)]),
    ...CAUSES.flatMap(({ title, why }) => [title, why]),
    ...Object.values(SHARED_MESSAGES),
    ...CATALOGUE.flatMap(({ purpose, breaks }) => [purpose, breaks]),
  ];
  return [
    ...new Set(
      texts
        .join(' ')
        .toLowerCase()
        .split(/[^\p{L}\p{N}]+/u),
    ),
  ];
}

interface Typed {
  readonly argv: readonly string[];
  /** The person who typed it reads standard error: words without secrets are shown as they were typed. */
  readonly isPersonal: boolean;
  readonly environment: Terminal['environment'];
  /** Names of commands, options and formats. */
  readonly words: readonly string[];
}

/** The net that is made of the command line, the environment and this machine's names. */
export function netFor(typed: Typed, local: () => LocalNames): Net {
  if (typed.argv.includes('--raw')) return RAW_NET;
  const net = netOf(() => seedsOf(typed, local()));
  if (!typed.isPersonal) return net;
  const shown = new Set(shownWords(typed.argv));
  // The field of a file is cleaned by its class, which knows no typed words.
  return {
    ...net,
    value: (schema, value) => (typeof value === 'string' && shown.has(value) ? value : net.value(schema, value)),
  };
}

/** Typed words, and the values of typed options, that hold no secret: no password in an address, nothing that looks like a token. */
function shownWords(argv: readonly string[]): readonly string[] {
  const values = argv.flatMap((word) => (word.startsWith('-') ? (OPTION.exec(word)?.[2] ?? []) : [word]));
  return [
    ...new Set(values.flatMap((value) => [value, value.replace(/^(?:file|unit|container):/, '').replace(/#.*$/s, '')])),
  ].filter(isShowable);
}

function isShowable(value: string): boolean {
  const sanitizer = new Sanitizer();
  sanitizer.text(value);
  return value.length > 1 && !value.includes('@') && !SECRET_KINDS.some((kind) => kind in sanitizer.removed);
}

const SECRET_KINDS: readonly RemovedKind[] = ['token', 'credentials', 'cookie', 'query', 'text'];

/** Every value that was typed is private where a message repeats it, unless it is a word of this tool or of its catalogue. */
function seedsOf({ argv, environment, words, isPersonal }: Typed, local: LocalNames): Seeds {
  const catalogueWords = [
    ...words,
    ...CATALOGUE.flatMap(({ id, host, source, purpose, breaks }) => [id, host, source, purpose, breaks]),
    ...[...CHECKS, ...CAUSES].map(({ id }) => id),
    ...OUTCOMES,
    ...argv.flatMap((word) => OPTION.exec(word)?.[1] ?? []),
  ];
  const open = new Set(catalogueWords.map((word) => word.toLowerCase()));
  const values = argv
    .flatMap((word) => (word.startsWith('-') ? (OPTION.exec(word)?.[2] ?? []) : [word]))
    .flatMap((value) => [value, value.replace(/^(?:file|unit|container):/, '').replace(/#.*$/s, '')]);
  const proxies = Object.entries(environment).flatMap(([name, value]) => (VARIABLE.test(name) ? [value ?? ''] : []));
  const isPath = (value: string): boolean => /[\\/]|\.[A-Za-z][A-Za-z\d]{0,5}$/.test(value) && !value.includes('://');
  return {
    ...NO_SEEDS,
    hostnames: local.hostnames.map((name) => name.split('.')[0] ?? ''),
    users: [...local.users, ...local.homeDirectories.map((path) => path.split(/[\\/]/).at(-1) ?? '')],
    domains: [...local.searchDomains, ...local.hostnames.map((name) => name.split('.').slice(1).join('.'))].filter(
      (name) => name.includes('.'),
    ),
    // The name of an endpoint ends like a file's.
    files: values.filter((value) => isPath(value) && !open.has(value.toLowerCase())),
    words: values
      .filter((value) => !isPath(value) && /\p{L}/u.test(value) && !open.has(value.toLowerCase()))
      .flatMap((value) => [value, ...value.split(/[\s,;|]+/)])
      .filter((value) => !isKnownWord(value) && !open.has(value.toLowerCase()))
      .map((value) => ['name', value] as const),
    kept: isPersonal ? shownWords(argv).flatMap((value) => (isPath(value) ? [value, basename(value)] : [value])) : [],
    secrets: [...values, ...proxies].flatMap(secretsIn),
    readableHosts: CATALOGUE.flatMap(({ host, probeHost }) => [host.replace(/^\*\./, ''), probeHost ?? host]),
    catalogueWords,
  };
}

/** The password in an address, as written and as meant. */
function secretsIn(value: string): readonly string[] {
  const [, password = ''] = /^[^:]*:\/\/[^:]*:(.*)@/s.exec(value) ?? [];
  return [password, decoded(password)].filter((secret) => secret.length >= SHORTEST_SECRET);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A terminal of which standard error shows nothing private, and no control character. */
export function guarded(terminal: Outlet, net: Net): Terminal {
  const safe = (text: string): string =>
    text
      .split('\n')
      .map((line) => printable(net.sentence(line)))
      .join('\n');
  const { status } = terminal;
  return {
    // Its properties are getters: a terminal changes its width.
    get entry() {
      return terminal.entry;
    },
    get environment() {
      return terminal.environment;
    },
    get isPersonal() {
      return terminal.isPersonal;
    },
    get look() {
      return terminal.look;
    },
    get isTerminal() {
      return terminal.isTerminal;
    },
    get input() {
      return terminal.input;
    },
    status: {
      get isShown() {
        return status.isShown;
      },
      show: (text) => status.show(text === null ? null : safe(text)),
      tell: (text) => status.tell(safe(text)),
    },
    print: (text) => terminal.print(text),
    write: (bytes) => terminal.write(bytes),
    note: (text) => terminal.note(safe(text)),
    // Annotations are made of sanitized reports.
    command: (text) => terminal.command(text),
    confirm: (question, signal) => terminal.confirm(safe(question), signal),
    interruptible: (work) => terminal.interruptible(work),
    net,
  };
}
