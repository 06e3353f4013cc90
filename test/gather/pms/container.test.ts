import { afterEach, describe, expect, it } from 'vitest';
import {
  describeContainer,
  findContainer,
  namesContainer,
  ownContainer,
  shortId,
} from '../../../src/gather/pms/container.ts';
import { makeTree, type Files, type Tree } from '../../support/system/pms-tree.ts';

const ID = '0123456789abcdef'.repeat(4);
const DOCKER = JSON.stringify({ ID, Name: '/plex', Config: { Hostname: 'h', Env: ['A=1'] } });
const OCI = JSON.stringify({ hostname: 'h', process: { env: ['A=1'] } });
const PODMAN = '/var/lib/containers/storage/overlay-containers';

const trees: Tree[] = [];
afterEach(async () => {
  await Promise.all(trees.splice(0).map((tree) => tree.remove()));
});
async function rootWith(files: Files): Promise<string> {
  const tree = await makeTree([], files);
  trees.push(tree);
  return tree.fsRoot;
}

describe('describeContainer', () => {
  it.each([
    ['Docker', { [`/var/lib/docker/containers/${ID}/config.v2.json`]: DOCKER }, 'plex'],
    [
      'Docker as a snap',
      { [`/var/snap/docker/common/var-lib-docker/containers/${ID}/config.v2.json`]: DOCKER },
      'plex',
    ],
    [
      'podman',
      {
        [`${PODMAN}/${ID}/userdata/config.json`]: OCI,
        [`${PODMAN}/containers.json`]: JSON.stringify([{ id: ID, names: ['plex'] }]),
      },
      'plex',
    ],
    ['podman without names', { [`${PODMAN}/${ID}/userdata/config.json`]: OCI }, null],
    ['containerd', { [`/run/containerd/io.containerd.runtime.v2.task/k8s.io/${ID}/config.json`]: OCI }, null],
  ])('%s', async (_, files, name) => {
    expect(await describeContainer(await rootWith(files), ID)).toMatchObject({
      state: 'ok',
      value: { id: ID, name, hostname: 'h', environment: ['A=1'], file: Object.keys(files)[0] },
    });
  });

  it.each([
    ['nothing', {}, { state: 'not-run', reason: { code: 'ENOENT' } }],
    [
      'something else',
      { [`/var/lib/docker/containers/${ID}/config.v2.json`]: '{}' },
      { state: 'failed', reason: { code: 'MALFORMED' } },
    ],
  ])('%s', async (_, files, expected) => {
    expect(await describeContainer(await rootWith(files), ID)).toMatchObject(expected);
  });
});

describe('findContainer', () => {
  const files = { [`/var/lib/docker/containers/${ID}/config.v2.json`]: DOCKER, '/var/lib/docker/containers/x/y': '' };
  it.each([
    ['plex', 'ok'],
    [ID, 'ok'],
    [ID.slice(0, 12), 'ok'],
    ['other', 'not-run'],
  ])('%s', async (name, state) => {
    expect(await findContainer(await rootWith(files), name)).toMatchObject({ state });
  });
});

describe('names of containers', () => {
  it.each([
    ['plex', true],
    ['ple', false],
    ['012345', true],
    ['01234', false],
    ['', false],
  ])('%j means it: %s', (written, expected) => {
    expect(namesContainer(written, { id: ID, name: 'plex' })).toBe(expected);
  });

  it.each([
    [ID, '0123456789ab'],
    ['media', 'media'],
  ])('%s is shown as %s', (id, shown) => {
    expect(shortId(id)).toBe(shown);
  });

  it.each([
    ['no container', {}, null],
    ['Docker', { '/.dockerenv': '', '/etc/hostname': 'plexbox\n' }, 'plexbox'],
    ['podman', { '/run/.containerenv': '' }, 'self'],
  ])('of this process: %s', async (_, files, expected) => {
    expect(await ownContainer(await rootWith(files))).toBe(expected);
  });
});
