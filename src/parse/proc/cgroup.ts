/** Facts about a process's origin, from its control group. */
export interface CgroupFacts {
  /** The service that it belongs to, as the manager that started it names it: `plexmediaserver.service`. */
  readonly unit: string | null;
  /** true when that service belongs to a user's manager and not to the system's. */
  readonly userManager: boolean;
  readonly container: ContainerId | null;
  /** The path itself, to find processes of the same group; '/' says nothing. */
  readonly path: string;
}

export interface ContainerId {
  readonly runtime: 'docker' | 'podman' | 'containerd' | 'cri-o' | 'lxc' | 'nspawn' | 'unknown';
  /** 64 hex digits, or the name where the runtime uses names (LXC, nspawn). */
  readonly id: string;
}

const HEX_ID = '([0-9a-f]{64})';
/** One path component each, as the runtimes write them with the systemd and the cgroupfs driver. */
const CONTAINER_COMPONENTS: readonly (readonly [RegExp, ContainerId['runtime']])[] = [
  [new RegExp(`^docker-${HEX_ID}\\.scope$`), 'docker'],
  [new RegExp(`^libpod-(?:payload-)?${HEX_ID}(?:\\.scope)?$`), 'podman'],
  [new RegExp(`^(?:cri-containerd|nerdctl)-${HEX_ID}\\.scope$`), 'containerd'],
  [new RegExp(`^crio-${HEX_ID}(?:\\.scope)?$`), 'cri-o'],
  [/^lxc\.payload\.(.+)$/, 'lxc'],
  [/^machine-(.+)\.scope$/, 'nspawn'],
  [/^systemd-nspawn@(.+)\.service$/, 'nspawn'],
];
/** With the cgroupfs driver the id stands alone and its parent names the runtime. */
const PARENTS: Readonly<Record<string, ContainerId['runtime']>> = {
  docker: 'docker',
  libpod_parent: 'podman',
  lxc: 'lxc',
};

/** Reads `/proc/PID/cgroup`, v1 or v2. Of several hierarchies one that knows a container counts first, then one that knows a unit. */
export function parseCgroup(text: string): CgroupFacts {
  const paths = text
    .split('\n')
    // "hierarchy:controllers:path"; a path may hold colons.
    .map((line) => /^(\d+):([^:]*):(\/.*)$/.exec(line))
    .filter((match) => match !== null)
    // systemd keeps its units in the unified hierarchy and in "name=systemd".
    .sort((a, b) => Number(isSystemd(b)) - Number(isSystemd(a)))
    .map((match) => match[3] ?? '/');
  const facts = paths.map(factsOf);
  return facts.find((f) => f.container) ?? facts.find((f) => f.unit) ?? facts[0] ?? factsOf('/');
}

function isSystemd(match: RegExpExecArray): boolean {
  return match[2] === '' || match[2] === 'name=systemd';
}

function factsOf(path: string): CgroupFacts {
  const components = path.split('/').filter((component) => component !== '');
  let container: ContainerId | null = null;
  let unit: string | null = null;
  let userManager = false;
  for (const [index, component] of components.entries()) {
    const here = containerOf(component, components[index - 1]);
    if (here) {
      container = here;
      // Services above the container start the container, not what runs in it.
      unit = null;
      userManager = false;
    } else if (/^user@\d+\.service$/.test(component)) {
      userManager = true;
      unit = null;
    } else if (component.endsWith('.service')) {
      unit = unescapeUnit(component);
    } else if (/\.(?:scope|slice)$/.test(component)) {
      unit = null;
    }
  }
  return { unit, userManager: userManager && unit !== null, container, path };
}

function containerOf(component: string, parent: string | undefined): ContainerId | null {
  for (const [pattern, runtime] of CONTAINER_COMPONENTS) {
    const id = pattern.exec(component)?.[1];
    if (id !== undefined) return { runtime, id: runtime === 'nspawn' ? unescapeUnit(id) : id };
  }
  const runtime = parent === undefined ? undefined : PARENTS[parent];
  if (runtime === 'lxc') return { runtime, id: component };
  if (/^[0-9a-f]{64}$/.test(component)) {
    return { runtime: runtime ?? 'unknown', id: component };
  }
  return null;
}

/** systemd writes characters that a unit name may not hold as `\x2d` (systemd.unit, "String escaping"). */
function unescapeUnit(name: string): string {
  return name.replace(/\\x([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
