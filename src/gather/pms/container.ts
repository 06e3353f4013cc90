import { posix } from 'node:path';
import { failed, notRun, ok, valueOf, type Gathered } from '../../core/model/evidence.ts';
import type { ContainerId } from '../../parse/proc/cgroup.ts';
import {
  parseDockerConfig,
  parseOciConfig,
  podmanName,
  type ContainerConfig,
} from '../../parse/settings/container-config.ts';
import { listDirectory, readText } from '../system/files.ts';

/** A container's configuration with the file that holds it. */
export interface ContainerDescription extends ContainerConfig {
  readonly file: string;
}

const DOCKER_ROOTS = ['/var/lib/docker/containers', '/var/snap/docker/common/var-lib-docker/containers'];
const PODMAN_STORE = '/var/lib/containers/storage/overlay-containers';
const CONTAINERD_TASKS = '/run/containerd/io.containerd.runtime.v2.task';

/** The configuration of a container on this machine, as far as its runtime keeps it in a file (Docker, podman, containerd). */
export async function describeContainer(fsRoot: string, id: string): Promise<Gathered<ContainerDescription>> {
  let result: Gathered<never> = notRun(
    'ENOENT',
    `no runtime on this machine keeps a configuration of container ${shortId(id)}`,
  );
  for (const [file, parse] of await configFiles(fsRoot, id)) {
    const text = await readText(fsRoot, file);
    if (text.state === 'failed') result = text;
    if (text.state !== 'ok') continue;
    const config = parse(text.value);
    if (!config) {
      result = failed('MALFORMED', `${file} is not the configuration of a container`);
      continue;
    }
    const name = config.name ?? (await nameFromPodman(fsRoot, id));
    return ok({ ...config, id, name, file });
  }
  return result;
}

/** The Docker container with this name or beginning of an id, for `--env-from container:NAME` when PMS does not run in it. */
export async function findContainer(fsRoot: string, name: string): Promise<Gathered<ContainerDescription>> {
  let result: Gathered<never> = notRun('ENOENT', `no container "${name}" is known on this machine`);
  for (const root of [...DOCKER_ROOTS, PODMAN_STORE]) {
    const ids = await listDirectory(fsRoot, root);
    if (ids.state === 'failed') result = ids;
    for (const id of valueOf(ids) ?? []) {
      if (!/^[0-9a-f]{64}$/.test(id)) continue;
      const container = await describeContainer(fsRoot, id);
      if (container.state === 'failed') result = container;
      if (container.state === 'ok' && namesContainer(name, { id, name: container.value.name })) return container;
    }
  }
  return result;
}

/** true when the user wrote the container's name or the beginning of its id. */
export function namesContainer(
  written: string,
  container: { readonly id: string; readonly name: string | null },
): boolean {
  return (
    written === container.name || written === container.id || (written.length >= 6 && container.id.startsWith(written))
  );
}

/** Name in reports of a container without a known name: the id as `docker ps` shows it. */
export function shortId(id: string): string {
  return /^[0-9a-f]{64}$/.test(id) ? id.slice(0, 12) : id;
}

/** Runtimes that name their containers instead of numbering them. */
export function isNamed(container: ContainerId): boolean {
  return container.runtime === 'lxc' || container.runtime === 'nspawn';
}

/** The container that this process itself runs in: its host name, or null when there is no sign of one. */
export async function ownContainer(fsRoot: string): Promise<string | null> {
  for (const mark of ['/.dockerenv', '/run/.containerenv']) {
    const there = await readText(fsRoot, mark);
    if (there.state === 'not-run') continue;
    const hostname = valueOf(await readText(fsRoot, '/etc/hostname'))?.trim();
    return hostname || 'self';
  }
  return null;
}

type ConfigFile = readonly [string, (text: string) => ContainerConfig | null];

async function configFiles(fsRoot: string, id: string): Promise<readonly ConfigFile[]> {
  const namespaces = valueOf(await listDirectory(fsRoot, CONTAINERD_TASKS)) ?? [];
  return [
    ...DOCKER_ROOTS.map((root): ConfigFile => [posix.join(root, id, 'config.v2.json'), parseDockerConfig]),
    [posix.join(PODMAN_STORE, id, 'userdata/config.json'), parseOciConfig],
    ...namespaces.map((name): ConfigFile => [posix.join(CONTAINERD_TASKS, name, id, 'config.json'), parseOciConfig]),
  ];
}

async function nameFromPodman(fsRoot: string, id: string): Promise<string | null> {
  const list = valueOf(await readText(fsRoot, posix.join(PODMAN_STORE, 'containers.json')));
  return list === null ? null : podmanName(list, id);
}
