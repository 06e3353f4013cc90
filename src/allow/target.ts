import { groupBy } from '../core/values/group.ts';
import { TOOL } from '../core/values/version.ts';
import type { AllowedName, AllowList, LeftOut, Service } from './model.ts';
import { ASKED_WORDS, comment, count } from './words.ts';

export interface TargetOptions {
  /** Also a filter by the server name of TLS (Squid). */
  readonly sni: boolean;
}

/** Lines of a file, without its header. */
export interface Drawn {
  readonly lines: readonly string[];
  /** Names that this format cannot hold. */
  readonly notIn: readonly LeftOut[];
}

/** Configuration of one program: a file of its own in `targets`, with its test. */
export interface Target {
  /** The word behind `--target`, and the name of its file. */
  readonly id: string;
  /** The program, as people call it. */
  readonly title: string;
  /** `name`: the program compares the name that a client asks for. `dns`: it answers or refuses questions. `address`: it sees addresses only. */
  readonly decidesBy: 'name' | 'dns' | 'address' | 'nothing';
  /** How to put it to use, line by line. */
  readonly install: readonly string[];
  /** Sentences: what the file cannot do. */
  readonly limits: readonly string[];
  /** Begins a comment; null: the format has none, and the header is told on standard error. */
  readonly comment: string | null;
  /** Its format holds addresses only: names are resolved for it. */
  readonly needsAddresses?: true;
  readonly draw: (list: AllowList, options: TargetOptions) => Drawn;
}

export function defineTarget(target: Target): Target {
  return target;
}

/** The file, and what is to be said beside it where the format has no comments. */
export interface Rendered {
  readonly text: string;
  readonly notes: readonly string[];
}

export function renderTarget(target: Target, list: AllowList, options: TargetOptions): Rendered {
  const { lines, notIn } = target.draw(list, options);
  const leftOut = [...notIn, ...list.leftOut];
  const header = headerOf(target, list, leftOut);
  const mark = target.comment;
  if (mark === null) return { text: `${lines.join('\n')}\n`, notes: [...target.limits, ...reasons(leftOut)] };
  const top = header.map((line) => (line === '' ? mark : `${mark} ${line}`));
  return { text: `${[...top, '', ...lines].join('\n')}\n`, notes: [] };
}

function headerOf(
  { id, title, install, limits }: Target,
  list: AllowList,
  leftOut: readonly LeftOut[],
): readonly string[] {
  const { asked, names, basis } = list;
  const missing = new Set(leftOut.map(({ host }) => host));
  const held = names.filter(({ host }) => !missing.has(host));
  return [
    `${title}: ${count(held.length, 'name')} for Plex Media Server, ${ASKED_WORDS[asked]}.`,
    `Made by ${TOOL.name} ${TOOL.version}: allow --for ${asked} --target ${id}`,
    basis,
    ...section('How to use it:', install),
    ...section('Limits:', limits),
    ...section('Not in this file:', reasons(leftOut)),
    ...section('To decide, and not in this file:', list.undecided),
  ].map(comment);
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map((line) => `- ${line}`)];
}

function reasons(leftOut: readonly LeftOut[]): readonly string[] {
  return [...groupBy(leftOut, ({ why }) => why)].map(
    ([why, group]) => `${[...new Set(group.map(({ host }) => host))].join(', ')}: ${why}`,
  );
}

/** The names that a filter of connections can hold: those with a service. The others are only resolved. */
export function connected(list: AllowList): {
  readonly names: readonly AllowedName[];
  readonly notIn: readonly LeftOut[];
} {
  return split(list.names, ({ services }) => (services.length > 0 ? null : 'only resolved, never connected to'));
}

/** The names that a filter of server names can hold: those that are asked for by TLS. */
export function serverNamed(list: AllowList): ReturnType<typeof connected> {
  const { names: all, notIn } = connected(list);
  const { names, notIn: others } = split(all, ({ kind, services }) => {
    if (kind === 'address') return 'an address is no server name';
    return services.some(({ scheme }) => scheme === 'https') ? null : 'asked for without TLS, so without a server name';
  });
  return { names, notIn: [...notIn, ...others] };
}

/** The names that an alias of a firewall can hold. */
export function wholeNamed(list: AllowList): ReturnType<typeof connected> {
  const { names: all, notIn } = connected(list);
  const { names, notIn: patterns } = split(all, ({ kind }) =>
    kind === 'wildcard' ? 'an alias holds whole names only' : null,
  );
  return { names, notIn: [...notIn, ...patterns] };
}

/** The names for which there is no reason against them, and the others. */
export function split(
  names: readonly AllowedName[],
  whyNot: (name: AllowedName) => string | null,
): { readonly names: readonly AllowedName[]; readonly notIn: readonly LeftOut[] } {
  const decided = names.map((name) => ({ name, why: whyNot(name) }));
  return {
    names: decided.flatMap(({ name, why }) => (why === null ? [name] : [])),
    notIn: decided.flatMap(({ name: { host, isOwn }, why }) => (why === null ? [] : [{ host, why, isOwn }])),
  };
}

/** The names by what they are asked for, in order of the port. */
export function byService(
  names: readonly AllowedName[],
): readonly { readonly service: Service; readonly names: readonly AllowedName[] }[] {
  const all = names.flatMap((name) => name.services.map((service) => ({ service, name })));
  const groups = groupBy(all, ({ service: { port, scheme } }) => `${scheme} ${port}`);
  return [...groups.values()]
    .flatMap((group) => (group[0] ? [{ service: group[0].service, names: group.map(({ name }) => name) }] : []))
    .sort(
      (a, b) =>
        Number(a.service.scheme === 'http') - Number(b.service.scheme === 'http') || a.service.port - b.service.port,
    );
}
