import type { Node } from 'yaml';
import type { Endpoint } from '../core/model/endpoint.ts';
import { NO_EXPECTATION, type Expectation, type Policy } from '../core/judge/traffic/policy.ts';
import { ENDPOINTS_FILE_LIMIT_BYTES, findEndpoints } from './endpoints-file.ts';
import { quote, YamlFile } from './yaml-file.ts';

/** A policy names the endpoints that such a file can hold; the reader of the file refuses more before it reads. */
export const POLICY_FILE_LIMIT_BYTES = ENDPOINTS_FILE_LIMIT_BYTES;

export type PolicyFileResult =
  | { readonly ok: true; readonly policy: Policy }
  | {
      readonly ok: false;
      /** One line each: `file:line:column: found …; expected …; what to do`. */
      readonly problems: readonly string[];
    };

type Aspects = { -readonly [Key in keyof Expectation]?: Expectation[Key] };

const ASPECTS = ['direct', 'proxy', 'bypass'] as const;

/**
 * Reads an egress policy (`--expect FILE`). Endpoints are named by id or host; a name that the catalogue does not have is a
 * problem, because what it asks would never be checked. Pure; all problems are reported at once.
 */
export function parsePolicyFile(text: string, fileName: string, catalogue: readonly Endpoint[]): PolicyFileResult {
  const file = new YamlFile(text, fileName);
  if (!file.sound) return { ok: false, problems: file.problems };
  const sections = file.fields(file.root, ['default', 'endpoints'], 'a mapping with default and endpoints');

  const fallback = sections.get('default');
  const forAll = fallback ? readAspects(file, fallback.value, 'expectations') : {};
  const list = sections.get('endpoints');
  const endpoints: [string, Aspects][] = [];
  for (const [name, { key, value }] of list ? file.entries(list.value, 'a mapping from ids or hosts') : []) {
    const [endpoint] = findEndpoints(name, catalogue);
    if (endpoint) {
      const canonical = endpoint.id === name ? name : endpoint.host;
      endpoints.push([canonical, readAspects(file, value, 'expectations')]);
    } else {
      const known = catalogue.flatMap(({ id, host }) => [id, host]);
      file.unknown(key, `the unknown endpoint ${quote(name)}`, name, known);
    }
  }
  if (file.sound && asksNothing([forAll, ...endpoints.map(([, aspects]) => aspects)])) {
    file.reject(
      file.root,
      'a policy that asks nothing',
      'at least one expectation',
      'add `default: { direct: blocked }`',
    );
  }
  if (!file.sound) return { ok: false, problems: file.problems };
  return { ok: true, policy: { default: { ...NO_EXPECTATION, ...forAll }, endpoints: Object.fromEntries(endpoints) } };
}

function readAspects(file: YamlFile, node: Node | null, what: string): Aspects {
  const fields = file.fields(node, ASPECTS, `a mapping of ${what}: ${ASPECTS.join(', ')}`);
  const direct = read('direct', ['blocked', 'ok', 'any']);
  const proxy = read('proxy', ['ok', 'denied', 'any']);
  const bypass = read('bypass', ['none', 'any']);
  return { ...(direct && { direct }), ...(proxy && { proxy }), ...(bypass && { bypass }) };

  function read<const Word extends string>(aspect: string, words: readonly Word[]): Word | undefined {
    const field = fields.get(aspect);
    return field && file.oneOf(field.value ?? field.key, words, `what to expect of ${aspect}`);
  }
}

function asksNothing(all: readonly Aspects[]): boolean {
  return all.every(({ direct = 'any', proxy = 'any', bypass = 'any' }) =>
    [direct, proxy, bypass].every((a) => a === 'any'),
  );
}
