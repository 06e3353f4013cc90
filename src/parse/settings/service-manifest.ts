import { isMap, isScalar, type Node } from 'yaml';
import { isVariableName, type Assignment, type Problem } from './assignment.ts';
import { parseYamlTrees, TooManySteps, type YamlTree } from './yaml-tree.ts';

/** One service of a compose file, or one container of a Kubernetes manifest, with its environment. */
export interface ManifestService {
  readonly name: string;
  readonly assignments: readonly Assignment[];
  /** `env_file` of compose, as written: relative to the compose file; the later one wins, `assignments` over all of them. */
  readonly files: readonly EnvFile[];
  /** Something else that can set any variable and is not in this file (another file, a Secret), or null. */
  readonly missing: { readonly what: string; readonly line: number } | null;
}

export interface EnvFile {
  readonly path: string;
  readonly line: number;
  /** compose does not start the service without it. */
  readonly isRequired: boolean;
  /** `format: raw`: nothing is unquoted or filled in. */
  readonly isRaw: boolean;
}

export type Manifest =
  | { readonly ok: true; readonly services: readonly ManifestService[] }
  | { readonly ok: false; readonly problem: Problem };

/** A compose file has `services`, a Kubernetes manifest `apiVersion` or `kind`, at the beginning of a line. */
const LOOKS_LIKE = /^(?:services|apiVersion|kind)\s*:/m;

/** Longer chains of `extends` are circles. */
const MAX_EXTENDS = 20;

export function isManifest(text: string): boolean {
  return LOOKS_LIKE.test(text);
}

/** Reads a compose file (compose-spec, 05-services.md) or Kubernetes manifests. Nothing is expanded; variables in values stay as written. */
export function parseManifest(text: string): Manifest {
  const parsed = parseYamlTrees(text);
  if (!parsed.ok) return parsed;
  try {
    const sources = new Map(
      parsed.trees.flatMap((tree) => objectsOf(tree).flatMap((object) => sourceOf(tree, object))),
    );
    return { ok: true, services: parsed.trees.flatMap((tree) => [...composed(tree), ...containers(tree, sources)]) };
  } catch (error) {
    if (!(error instanceof TooManySteps)) throw error;
    return { ok: false, problem: { line: 1, column: 1, rule: 'the aliases of this file stand for too many entries' } };
  }
}

// ── compose ────────────────────────────────────────────────────────────────────────────────────────────────────────────

function composed(tree: YamlTree): readonly ManifestService[] {
  const services = new Map(tree.entries(tree.at(tree.root, 'services')).map(({ key, value }) => [key, value]));
  return [...services.keys()].map((name) => service(tree, services, name, 0));
}

function service(
  tree: YamlTree,
  services: ReadonlyMap<string, Node | null>,
  name: string,
  depth: number,
): ManifestService {
  const node = services.get(name) ?? null;
  const environment = tree.at(node, 'environment');
  const own = [
    ...tree.items(environment).flatMap((item) => {
      const [, key = '', value] = /^([^=]*)(?:=([^]*))?$/.exec(tree.text(item) ?? '') ?? [];
      return assignment(tree, key, item, 'compose', value ?? null);
    }),
    ...tree.entries(environment).flatMap(({ key, value }) => assignment(tree, key, value, 'compose')),
  ];
  const base = extended(tree, services, tree.at(node, 'extends'), depth);
  return {
    name,
    assignments: [...base.assignments, ...own],
    files: [...base.files, ...envFiles(tree, tree.at(node, 'env_file'))],
    missing: base.missing,
  };
}

/** `extends: NAME`, or with `service` and `file`: the own environment stands over that of the other service. */
function extended(
  tree: YamlTree,
  services: ReadonlyMap<string, Node | null>,
  node: Node | null,
  depth: number,
): Omit<ManifestService, 'name'> {
  const nothing = { assignments: [], files: [], missing: null };
  const base = tree.text(isMap(node) ? tree.at(node, 'service') : node);
  if (node === null || base === null) return nothing;
  const file = isMap(node) ? tree.text(tree.at(node, 'file')) : null;
  const { line } = tree.place(node);
  if (file !== null) return { ...nothing, missing: { what: `the service ${base} of ${file}`, line } };
  if (!services.has(base) || depth >= MAX_EXTENDS)
    return { ...nothing, missing: { what: `the service ${base}`, line } };
  return service(tree, services, base, depth + 1);
}

function envFiles(tree: YamlTree, named: Node | null): readonly EnvFile[] {
  return [...(isScalar(named) ? [named] : []), ...tree.items(named)].flatMap((item) => {
    const path = tree.text(isMap(item) ? tree.at(item, 'path') : item);
    if (path === null) return [];
    const isRequired = tree.text(tree.at(item, 'required')) !== 'false';
    const isRaw = tree.text(tree.at(item, 'format')) === 'raw';
    return [{ path, line: tree.place(item).line, isRequired, isRaw }];
  });
}

// ── Kubernetes ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** The data of ConfigMaps and Secrets, by `KIND/NAME`. */
type Sources = ReadonlyMap<string, readonly Assignment[]>;

/** The object itself, or the items of a `kind: List`. */
function objectsOf(tree: YamlTree): readonly Node[] {
  if (tree.root === null || tree.at(tree.root, 'kind') === null) return [];
  return [tree.root, ...tree.items(tree.at(tree.root, 'items'))];
}

function sourceOf(tree: YamlTree, object: Node): readonly (readonly [string, readonly Assignment[]])[] {
  const kind = tree.text(tree.at(object, 'kind'));
  if (kind !== 'ConfigMap' && kind !== 'Secret') return [];
  const plain = [
    ...(kind === 'ConfigMap' ? tree.entries(tree.at(object, 'data')) : []),
    ...tree.entries(tree.at(object, 'stringData')),
  ];
  const encoded = kind === 'Secret' ? tree.entries(tree.at(object, 'data')) : [];
  return [
    [
      `${kind}/${tree.text(tree.at(object, 'metadata', 'name')) ?? ''}`,
      [
        ...encoded.flatMap(({ key, value }) => assignment(tree, key, value, null, decoded(tree.text(value)))),
        ...plain.flatMap(({ key, value }) => assignment(tree, key, value, null)),
      ],
    ],
  ];
}

/** RFC 4648; null when it is no base64. */
function decoded(text: string | null): string | null {
  const digits = text?.replace(/\s/g, '') ?? '-';
  if (!/^(?:[\w+/]{4})*(?:[\w+/]{2}==|[\w+/]{3}=)?$/.test(digits) || digits.includes('_')) return null;
  return new TextDecoder().decode(Uint8Array.from(atob(digits), (c) => c.charCodeAt(0)));
}

/** Containers of a pod, or of the template of what makes pods. */
function containers(tree: YamlTree, sources: Sources): readonly ManifestService[] {
  const templates = [['spec'], ['spec', 'template', 'spec'], ['spec', 'jobTemplate', 'spec', 'template', 'spec']];
  return objectsOf(tree)
    .flatMap((object) => templates.map((path) => tree.at(object, ...path, 'containers')))
    .flatMap((list) => tree.items(list))
    .map((container) => containerOf(tree, container, sources));
}

const REFERENCES = [
  ['configMapRef', 'ConfigMap'],
  ['secretRef', 'Secret'],
] as const;

function containerOf(tree: YamlTree, container: Node, sources: Sources): ManifestService {
  const wanted = tree.items(tree.at(container, 'envFrom')).flatMap((item) => {
    const prefix = tree.text(tree.at(item, 'prefix')) ?? '';
    return REFERENCES.flatMap(([field, kind]) => {
      const name = tree.text(tree.at(item, field, 'name'));
      return name === null ? [] : [{ prefix, what: `the ${kind} ${name}`, data: sources.get(`${kind}/${name}`), item }];
    });
  });
  const all = wanted.flatMap(({ prefix, data = [] }) => data.map((each) => ({ ...each, name: prefix + each.name })));
  const own = tree.items(tree.at(container, 'env')).flatMap((item) => {
    const key = tree.text(tree.at(item, 'name')) ?? '';
    const value = tree.at(item, 'value');
    const from = tree.at(item, 'valueFrom');
    if (value === null && from !== null) return referred(tree, key, item, from, sources);
    return assignment(tree, key, value ?? item, 'kubernetes', tree.text(value) ?? '');
  });
  const absent = wanted.find(({ data }) => data === undefined);
  const missing = absent ? { what: absent.what, line: tree.place(absent.item).line } : null;
  return { name: tree.text(tree.at(container, 'name')) ?? '', assignments: [...all, ...own], files: [], missing };
}

/** `valueFrom` a key of a ConfigMap or Secret of the same file. Everything else is known when the container runs. */
function referred(tree: YamlTree, name: string, item: Node, from: Node, sources: Sources): readonly Assignment[] {
  const found = REFERENCES.flatMap(([field, kind]) => {
    const reference = tree.at(from, field.replace('Ref', 'KeyRef'));
    const key = tree.text(tree.at(reference, 'key'));
    const data = sources.get(`${kind}/${tree.text(tree.at(reference, 'name')) ?? ''}`);
    return data?.filter((each) => each.name === key) ?? [];
  });
  const [value] = found;
  return value !== undefined && isVariableName(name)
    ? [{ ...value, name }]
    : assignment(tree, name, item, 'kubernetes', null);
}

// ── both ───────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** `value` null: it is taken from somewhere else when the container starts. */
function assignment(
  tree: YamlTree,
  name: string,
  node: Node | null,
  kind: 'compose' | 'kubernetes' | null,
  value: string | null = tree.text(node),
): readonly Assignment[] {
  if (!isVariableName(name)) return [];
  const place = tree.place(node);
  if (value === null) return [{ name, value: '', ...place, unresolved: `the value of ${name}` }];
  if (kind === null) return [{ name, value, ...place, unresolved: null }];
  const plain = value.replaceAll('$$', '');
  const open = kind === 'compose' ? /\$(?:\{[^{}]*\}?|\w+)/.exec(plain) : /\$\([\w.-]+\)/.exec(plain);
  return [{ name, value: value.replaceAll('$$', '$'), ...place, unresolved: open?.[0] ?? null }];
}
