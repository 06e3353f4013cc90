import * as fc from 'fast-check';
import { allowList, type Choice } from '../../../src/allow/list.ts';
import type { AllowedName, AllowList } from '../../../src/allow/model.ts';
import type { Target } from '../../../src/allow/target.ts';
import { renderTarget } from '../../../src/allow/target.ts';
import { CATALOGUE } from '../../../src/catalog/index.ts';
import type { Endpoint } from '../../../src/core/model/endpoint.ts';
import { anyCharacter, runs } from '../fuzz.ts';

const CHOICE: Choice = { asked: 'features', agents: [], isNamed: false, clients: [], basis: 'As a test.' };

export function own(host: string, more: Partial<Endpoint> = {}): Endpoint {
  const kind = host.startsWith('*.') ? 'wildcard' : 'host';
  return {
    id: host,
    kind,
    host,
    probeHost: kind === 'host' ? host : null,
    port: more.scheme === 'http' ? 80 : 443,
    scheme: 'https',
    purpose: 'custom',
    need: 'feature',
    needByAgent: {},
    breaks: 'Not stated.',
    mark: 'inferred',
    source: 'your endpoints file',
    telemetry: false,
    path: '/',
    accepts: null,
    custom: true,
    ...more,
  };
}

export function listOf(endpoints: readonly Endpoint[], more: Partial<Choice> = {}): AllowList {
  return allowList(endpoints, { ...CHOICE, ...more });
}

export function textOf(target: Target, list: AllowList, sni = false): string {
  return renderTarget(target, list, { sni }).text;
}

/** The lines that the program reads. */
export function rulesOf(target: Target, list: AllowList, sni = false): readonly string[] {
  return textOf(target, list, sni)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && (target.comment === null || !line.startsWith(target.comment)));
}

/** A connection that a client wants. */
export interface Wanted {
  readonly host: string;
  readonly scheme: 'https' | 'http';
  readonly port: number;
}

export function covers({ host, kind }: Pick<AllowedName, 'host' | 'kind'>, name: string): boolean {
  return kind === 'wildcard' ? name.endsWith(host.slice(1)) : name === host;
}

/** The meaning of a list, whatever the target. */
export function isAllowed(list: AllowList, { host, scheme, port }: Wanted): boolean {
  return list.names.some(
    (name) => covers(name, host) && name.services.some((service) => service.scheme === scheme && service.port === port),
  );
}

const label = fc.constantFrom('a', 'b', 'plex', 'cdn-1', 'x_y', 'tv', 'example');
const name = fc.array(label, { minLength: 2, maxLength: 4 }).map((labels) => [...labels, 'test'].join('.'));
const address = fc.constantFrom('203.0.113.5', '198.51.100.77', '2001:db8::1', '2001:db8:0:1::a');
const HOSTILE = [
  'a b.test',
  'a.test\nhttp_access allow all',
  'a.test"',
  "a.test'; reboot; '",
  'a.test#',
  '/a.test/',
  '*',
  '*.*.test',
  '.a.test',
  '<host-1>',
  'a.test,b.test',
  'a.test]',
  '${a}.test',
  '',
];
const anyHost = fc.oneof(
  { weight: 5, arbitrary: name },
  { weight: 3, arbitrary: name.map((each) => `*.${each}`) },
  { weight: 1, arbitrary: address },
  { weight: 1, arbitrary: fc.constantFrom(...HOSTILE) },
);
const words = fc.oneof(
  fc.constantFrom('art', 'a\nhttp_access allow all', 'ends in \\', '# no', '"quoted"', '=1+1', '\u2028x\u202E'),
  fc.array(anyCharacter, { maxLength: 12 }).map((all) => all.join('')),
);

const anyEndpoint: fc.Arbitrary<Endpoint> = fc
  .record({
    host: anyHost,
    port: fc.constantFrom(443, 80, 8443, 32_400),
    scheme: fc.constantFrom('https' as const, 'http' as const),
    isDns: fc.boolean(),
    need: fc.constantFrom('scan' as const, 'feature' as const, 'optional' as const),
    purpose: words,
    breaks: words,
  })
  .map(({ isDns, ...given }) => own(given.host, { ...given, ...(isDns ? { kind: 'dns' as const } : {}) }));

export const anyList: fc.Arbitrary<AllowList> = fc
  .array(anyEndpoint, { maxLength: 8 })
  .map((endpoints) => listOf(endpoints));

/** Names in and around those of a list: parents, children, neighbours. */
export const anyWanted: fc.Arbitrary<Wanted> = fc.record({
  host: fc.oneof(
    name,
    name.map((each) => `z.${each}`),
    name.map((each) => each.replace(/^[^.]+\./, '')),
    name.map((each) => `x${each}`),
    address,
  ),
  port: fc.constantFrom(443, 80, 8443, 32_400),
  scheme: fc.constantFrom('https' as const, 'http' as const),
});

/** The same where a target knows no ports. */
export function isNamed(list: AllowList, host: string, scheme: 'https' | 'http' | null = null): boolean {
  return list.names.some(
    (each) => covers(each, host) && each.services.some((service) => scheme === null || service.scheme === scheme),
  );
}

/** Random lists, and connections in and around their names: the rules have to decide as the list means. */
export function assertExact(
  target: Target,
  allows: (rules: readonly string[], wanted: Wanted) => boolean,
  means: (list: AllowList, wanted: Wanted) => boolean,
): void {
  fc.assert(
    fc.property(anyList, fc.array(anyWanted, { minLength: 4, maxLength: 12 }), (list, all) => {
      const rules = rulesOf(target, list);
      const named = list.names.flatMap(({ host: each, kind, services }) =>
        services.map((service) => ({ host: kind === 'wildcard' ? `q.${each.slice(2)}` : each, ...service })),
      );
      const wrong = [...all, ...named].filter((wanted) => allows(rules, wanted) !== means(list, wanted));
      if (wrong.length > 0) throw new Error(`${JSON.stringify(wrong)} by\n${rules.join('\n')}`);
    }),
    runs(25),
  );
}

/** Random lists and the whole catalogue: the program, as its sources read a file, has to take every one of them. */
export function assertAccepted(target: Target, problemsOf: (text: string) => readonly string[]): void {
  const check = (list: AllowList): void => {
    const text = textOf(target, list);
    const problems = problemsOf(text);
    if (problems.length > 0) throw new Error(`${problems.join('\n')} in\n${text}`);
  };
  check(listOf(CATALOGUE, { asked: 'all', clients: ['192.0.2.1', '2001:db8::9'] }));
  check(listOf(UNUSUAL));
  fc.assert(fc.property(anyList, check), runs(50));
}

/** Names that are right and that programs are known to stumble over. */
const UNUSUAL = [
  own('r3---sn-abc.example'),
  own('a_b.example'),
  own('xn--bcher-kva.example'),
  own('single'),
  own('7.example'),
  own('*.direct.example'),
  own('direct.example', { port: 8443 }),
  own('high.example', { port: 65_000 }),
  own('higher.example', { port: 60_443 }),
  own('fd00:0:0::1'),
  own('::ffff:203.0.113.7'),
  own('long.example', { purpose: 'ü'.repeat(190) }),
  ...Array.from({ length: 90 }, (_, index) => own(`name-${index}.of.a.large.provider.example`)),
];
