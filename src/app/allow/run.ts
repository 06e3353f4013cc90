import { allowList, isOwnText } from '../../allow/list.ts';
import type { AllowList, NeedAsked } from '../../allow/model.ts';
import type * as z from 'zod/mini';
import { collateralSchema, type Collateral } from '../../allow/collateral/model.ts';
import { withRanges } from '../../allow/collateral/collateral.ts';
import { collateralText } from '../../allow/collateral/text.ts';
import { learnedSchema, type Learned } from '../../allow/learn/model.ts';
import { learnedText } from '../../allow/learn/text.ts';
import { renderTarget, type Target } from '../../allow/target.ts';
import { TARGETS } from '../../allow/targets/index.ts';
import { CATALOGUE } from '../../catalog/index.ts';
import type { Endpoint } from '../../core/model/endpoint.ts';
import { addressBytes, familyOf } from '../../core/values/address.ts';
import { EXIT } from '../../core/verdict/verdict.ts';
import { loadEndpoints } from '../endpoints.ts';
import { checkWritable, writeOutput } from '../output.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import { findCollateral } from './collateral.ts';
import type { AllowOptions } from './options.ts';
import { readPublished } from './ranges.ts';
import { learnFromFiles, withLearned } from './learn.ts';
import { needsOfReport } from './report-needs.ts';

export const DEFAULT_ASKED: NeedAsked = 'features';
export const DEFAULT_TARGET = 'plain';

/** Of a text that is written to a file. */
const FILE_WIDTH = 100;

const MODERN = 'Needs are those of libraries with a modern agent; --agents or --from-report tells of others.';

/** `allow`: what to allow, as configuration, or what to change by logs and a present list. Resolves with the exit code. */
export async function allow(options: AllowOptions, terminal: Terminal): Promise<number> {
  checkUsage(options);
  if (options.output !== null) await checkWritable('output', options.output);
  const { list, endpoints } = await listFor(options, terminal);
  if (options.collateral)
    return terminal.interruptible(async (signal) => {
      const published = await readPublished(options.ranges);
      const found = withRanges(await findCollateral(options, { list, endpoints, terminal, signal }), published);
      if (options.target === 'json')
        await writeReal(`${JSON.stringify(found, null, 2)}\n`, ownOf(found), options, terminal);
      else await writeText(found, collateralSchema, collateralText, found.addresses.length, options, terminal);
      return signal.aborted ? EXIT.interrupted : EXIT.ok;
    });
  if (targetNamed(options.target ?? DEFAULT_TARGET).needsAddresses === true)
    return terminal.interruptible(async (signal) => {
      const { addresses } = await findCollateral(options, { list, endpoints: [], terminal, signal });
      await writeConfiguration({ ...list, addresses: byName(list, addresses) }, options, terminal);
      return signal.aborted ? EXIT.interrupted : EXIT.ok;
    });
  if (options.from.length === 0 && options.existing === null) {
    await writeConfiguration(list, options, terminal);
    return EXIT.ok;
  }
  return terminal.interruptible(async (signal) => {
    const learned = await learnFromFiles(options, { list, endpoints, terminal, signal });
    if (options.target === null)
      await writeText(learned, learnedSchema, learnedText, ownHosts(learned), options, terminal);
    else if (options.target === 'json')
      await writeReal(`${JSON.stringify(learned, null, 2)}\n`, ownHosts(learned), options, terminal);
    else await writeConfiguration(withLearned(list, learned), options, terminal);
    return signal.aborted ? EXIT.interrupted : EXIT.ok;
  });
}

function byName(list: AllowList, found: Collateral['addresses']): AllowList['addresses'] {
  const names = new Set(found.flatMap(({ allowed }) => allowed));
  return new Map([
    ...list.addresses,
    ...[...names].map((name) => {
      const own = found.filter(({ allowed }) => allowed.includes(name)).map(({ address }) => address);
      return [name, own.toSorted()] as const;
    }),
  ]);
}

async function writeConfiguration(list: AllowList, options: AllowOptions, terminal: Terminal): Promise<void> {
  const { text, notes } = renderTarget(targetNamed(options.target ?? DEFAULT_TARGET), list, options);
  await writeReal(text, ownNames(list), options, terminal);
  for (const note of notes) terminal.note(note);
}

/** Names are real wherever they are written: a filter would take a pseudonym without a complaint (decision 0040). */
async function writeReal(text: string, own: number, options: AllowOptions, terminal: Terminal): Promise<void> {
  const { output, raw } = options;
  if (own > 0 && output === null && !raw && !terminal.isTerminal)
    throw new UsageError(
      'allow: names, words or addresses in it are your own, and standard output is no terminal: write the file with -o FILE, or add --raw',
    );
  await (output === null ? terminal.print(text) : writeOutput('output', output, text));
}

/** A text for people: sanitized where others may read it. */
async function writeText<T>(
  document: T,
  schema: z.core.$ZodType<T>,
  draw: (document: T, width: number) => string,
  own: number,
  { output, raw }: AllowOptions,
  terminal: Terminal,
): Promise<void> {
  const isPrivate = raw || output !== null || terminal.isTerminal;
  const shown = isPrivate ? document : terminal.net.value(schema, document);
  const text = draw(shown, output === null ? terminal.look.width : FILE_WIDTH);
  await (output === null ? terminal.print(text) : writeOutput('output', output, text));
  if (!isPrivate && own > 0)
    terminal.note(
      'allow: addresses and names of your own are hidden, because standard output is no terminal: -o FILE or --raw shows them',
    );
}

function targetNamed(name: string): Target {
  const target = TARGETS.find(({ id }) => id === name);
  if (target === undefined) throw new UsageError(`--target: there is no ${name}; see help allow`);
  return target;
}

function checkUsage(options: AllowOptions): void {
  const { target, sni, clients, existing, from, squidLogformat, collateral, resolvers, times } = options;
  const isAsking = collateral || TARGETS.some(({ id, needsAddresses }) => id === target && needsAddresses === true);
  if (!isAsking && (resolvers.length > 0 || times > 1))
    throw new UsageError(
      'allow: --resolver and --times are for --collateral and --target url-table: add one, or leave them out',
    );
  if (!collateral && options.ranges.length > 0)
    throw new UsageError('allow: --ranges tells of the addresses of --collateral: add it, or leave --ranges out');
  if (collateral && (existing !== null || (target !== null && target !== 'json')))
    throw new UsageError(
      'allow: --collateral lists addresses: leave out --existing and --target, or give --target json',
    );
  const bad = resolvers.find((each) => !RESOLVER.test(each) && familyOf(each) === null);
  if (bad !== undefined)
    throw new UsageError(
      `--resolver: "${bad}" is no address of a name server (expected for example 9.9.9.9 or [2620:fe::fe]:53)`,
    );
  if (existing !== null && target !== null && target !== 'json')
    throw new UsageError('allow: --existing lists differences: leave out --target, or give --target json');
  if (squidLogformat !== null && from.length === 0)
    throw new UsageError('allow: --squid-logformat is about the logs of --from: give them, or leave it out');
  if (sni && target !== 'squid') throw new UsageError('allow: --sni is for --target squid only: leave it out');
  // A zone means something on one machine only.
  const wrong = clients.find((client) => addressBytes(client) === null);
  if (wrong !== undefined) throw new UsageError(`--client: "${wrong}" is no IP address`);
}

async function listFor(
  options: AllowOptions,
  terminal: Terminal,
): Promise<{ readonly list: AllowList; readonly endpoints: readonly Endpoint[] }> {
  const { agents, clients, fromReport, only } = options;
  const all = await loadEndpoints({ ...options, only: [] });
  const report = fromReport === null ? null : await needsOfReport(fromReport, all, terminal);
  const known = report?.endpoints ?? all;
  const chosen = only.length === 0 ? known : chosenOf(known, await loadEndpoints(options));
  const asked = options.asked ?? DEFAULT_ASKED;
  const list = allowList(chosen, {
    asked,
    agents,
    isNamed: only.length > 0,
    clients,
    basis:
      agents.length > 0
        ? `Needs are those of libraries with these agents: ${agents.join(', ')}.`
        : (report?.basis ?? MODERN),
  });
  if (list.names.length === 0) throw new UsageError('allow: no name is left to allow; see "endpoints" for the needs');
  const own = new Set(list.names.map(({ host }) => host));
  // Names that --only left out are known all the same.
  const others = [...new Set(known.map(({ host }) => host))].filter((host) => !own.has(host));
  return { list: { ...list, known: others }, endpoints: known };
}

function chosenOf(known: readonly Endpoint[], chosen: readonly Endpoint[]): readonly Endpoint[] {
  const ids = new Set(chosen.map(({ id }) => id));
  return known.filter(({ id }) => ids.has(id));
}

/** Addresses and names on them that are not of the catalogue. */
function ownOf({ addresses }: Collateral): number {
  const names = addresses.flatMap(({ allowed, others }) => [...allowed, ...others.map(({ host }) => host)]);
  return names.filter((host) => !PUBLIC.has(host)).length;
}

const PUBLIC = new Set(CATALOGUE.map(({ host }) => plainHost(host)));

/** Names of logs and of a present list that are not of the catalogue. */
function ownHosts({ add, working, leave, decide, existing }: Learned): number {
  const entries = [...(existing?.unused ?? []), ...(existing?.unneeded ?? []), ...(existing?.wider ?? [])];
  const hosts = [
    ...[...add, ...working, ...leave, ...decide].map(({ host }) => host),
    ...entries.map(({ entry }) => entry),
  ];
  const texts = [...add, ...working, ...leave].flatMap(({ purpose, breaks }) => [purpose ?? [], breaks ?? []].flat());
  return hosts.filter((host) => !PUBLIC.has(plainHost(host))).length + texts.filter(isOwnText).length;
}

function plainHost(host: string): string {
  return host.replace(/^\*?\./, '');
}

/** An address with a port, as c-ares takes it. */
const RESOLVER = /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[[\da-fA-F:.]+\]):\d{1,5}$/;

/** Names and addresses that are private. */
function ownNames({ names, leftOut, undecided, clients }: AllowList): number {
  return undecided.length + clients.length + [...names, ...leftOut].filter(({ isOwn }) => isOwn).length;
}
