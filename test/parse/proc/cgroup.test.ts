import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCgroup } from '../../../src/parse/proc/cgroup.ts';

const ID = '0123456789abcdef'.repeat(4);
const nothing = { unit: null, userManager: false, container: null };

describe('parseCgroup', () => {
  it.each([
    ['nothing', '', { ...nothing, path: '/' }],
    ['inside a container', '0::/\n', { ...nothing, path: '/' }],
    ['a service', '0::/system.slice/plexmediaserver.service\n', { ...nothing, unit: 'plexmediaserver.service' }],
    [
      'a delegated subgroup',
      '0::/system.slice/plexmediaserver.service/payload',
      { ...nothing, unit: 'plexmediaserver.service' },
    ],
    [
      'an escaped name',
      String.raw`0::/system.slice/snap.plexmediaserver\x2dx.service`,
      { ...nothing, unit: 'snap.plexmediaserver-x.service' },
    ],
    ['a login session', '0::/user.slice/user-1000.slice/session-3.scope', nothing],
    [
      'a terminal of a desktop',
      '0::/user.slice/user-1000.slice/user@1000.service/app.slice/vte-spawn-1.scope',
      nothing,
    ],
    [
      'a user service',
      '0::/user.slice/user-1000.slice/user@1000.service/app.slice/plex.service',
      { ...nothing, unit: 'plex.service', userManager: true },
    ],
    [
      'Docker under systemd',
      `0::/system.slice/docker-${ID}.scope`,
      { ...nothing, container: { runtime: 'docker', id: ID } },
    ],
    ['Docker under cgroupfs', `0::/docker/${ID}`, { ...nothing, container: { runtime: 'docker', id: ID } }],
    [
      'Docker, cgroup v1',
      `0::/system.slice/containerd.service\n12:pids:/docker/${ID}\n1:name=systemd:/docker/${ID}\n`,
      { ...nothing, container: { runtime: 'docker', id: ID } },
    ],
    [
      'podman',
      `0::/machine.slice/libpod-${ID}.scope/container`,
      { ...nothing, container: { runtime: 'podman', id: ID } },
    ],
    [
      'podman in a unit',
      `0::/system.slice/plex.service/libpod-payload-${ID}`,
      { ...nothing, container: { runtime: 'podman', id: ID } },
    ],
    [
      'Kubernetes with containerd',
      `0::/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-podx.slice/cri-containerd-${ID}.scope`,
      { ...nothing, container: { runtime: 'containerd', id: ID } },
    ],
    [
      'Kubernetes with CRI-O',
      `0::/kubepods.slice/crio-${ID}.scope`,
      { ...nothing, container: { runtime: 'cri-o', id: ID } },
    ],
    [
      'Kubernetes under cgroupfs',
      `0::/kubepods/besteffort/pod1234/${ID}`,
      { ...nothing, container: { runtime: 'unknown', id: ID } },
    ],
    [
      'LXC',
      '0::/lxc.payload.media/system.slice/plexmediaserver.service',
      { ...nothing, container: { runtime: 'lxc', id: 'media' }, unit: 'plexmediaserver.service' },
    ],
    ['old LXC', '4:memory:/lxc/media', { ...nothing, container: { runtime: 'lxc', id: 'media' } }],
    [
      'nspawn',
      String.raw`0::/machine.slice/machine-media\x2dbox.scope/payload/system.slice/plexmediaserver.service`,
      { ...nothing, container: { runtime: 'nspawn', id: 'media-box' }, unit: 'plexmediaserver.service' },
    ],
    ['a path with a colon', '0::/system.slice/plex:x.service', { ...nothing, unit: 'plex:x.service' }],
    [
      'the hierarchy of systemd before others',
      '5:cpu:/other.service\n1:name=systemd:/system.slice/plexmediaserver.service',
      { ...nothing, unit: 'plexmediaserver.service' },
    ],
  ])('%s', (_, text, expected) => {
    expect(parseCgroup(text)).toMatchObject(expected);
  });

  it('never throws', () => {
    expect(() =>
      fc.assert(
        fc.property(fc.string({ unit: fc.constantFrom('/', ':', '0', 'a', '.', '\n', 'lxc', '.service') }), (text) =>
          parseCgroup(text).path.startsWith('/'),
        ),
      ),
    ).not.toThrow();
  });
});
