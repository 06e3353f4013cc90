import { describe, expect, it } from 'vitest';
import { ok, type Pms } from '../../../src/core/model/evidence.ts';
import { ANY_SERVICE, serviceOf, type Service } from '../../../src/core/words/service.ts';
import { factsFixture, source, type FixtureOptions } from '../../support/fixtures/facts.ts';

const NAMED = { unit: null, container: null, exe: null } as const;

describe('what runs PMS', () => {
  it.each<[string, Partial<Pms>, RegExp, readonly string[]]>([
    ['a unit', { unit: 'plex@1.service' }, /drop-in of plex@1\.service/, ['sudo systemctl restart plex@1.service']],
    ['a unit by its pseudonym', { unit: '<unit-1>.service' }, /<unit-1>/, ['sudo systemctl restart <unit-1>.service']],
    ['a name that a shell would run', { unit: '$(x).service' }, /drop-in of \$\(x\)/, []],
    ['one with blanks', { unit: 'x; rm -rf ~.service' }, /drop-in of x;/, []],
    [
      'a snap',
      { unit: 'snap.plexmediaserver.plexmediaserver.service' },
      /drop-in of snap\./,
      ['sudo snap restart plexmediaserver'],
    ],
    ['a container', { container: 'plex' }, /container plex .*compose/, []],
    [
      'Synology',
      { exe: '/var/packages/PlexMediaServer/target/Plex Media Server', unit: 'pkgctl-PlexMediaServer.service' },
      /start-stop-status/,
      ['sudo synopkg restart PlexMediaServer'],
    ],
    [
      'QNAP',
      { exe: '/share/CACHEDEV1_DATA/.qpkg/PlexMediaServer/Plex Media Server' },
      /CACHEDEV1_DATA\/\.qpkg\/PlexMediaServer\/plex\.sh/,
      ['/share/CACHEDEV1_DATA/.qpkg/PlexMediaServer/plex.sh restart'],
    ],
    [
      'FreeBSD',
      { exe: '/usr/local/share/plexmediaserver-plexpass/Plex Media Server' },
      /plexmediaserver_plexpass_env in \/etc\/rc\.conf/,
      ['sudo service plexmediaserver_plexpass restart'],
    ],
    ['macOS', { exe: '/Applications/Plex Media Server.app/Contents/MacOS/Plex Media Server' }, /plist/, []],
    ['nothing that is known', { exe: '/opt/plex/Plex Media Server' }, /where PMS gets its environment/, []],
  ])('%s', (_, pms, settings, restart) => {
    const found = serviceOf(factsFixture({ pms: { ...NAMED, ...pms } }));
    expect(found.settings).toMatch(settings);
    expect(found.restart).toEqual(restart);
  });

  it.each<[string, FixtureOptions, Service['settings']]>([
    [
      'of the unit',
      { otherSources: [declared('unit', '/etc/systemd/system/x.service.d/proxy.conf:2')] },
      '/etc/systemd/system/x.service.d/proxy.conf',
    ],
    [
      'with a note',
      { otherSources: [declared('unit', '/etc/environment.d/x:1 (EnvironmentFile)')] },
      '/etc/environment.d/x',
    ],
    [
      'that the user named',
      {
        used: 'file:/srv/compose.yaml',
        otherSources: [
          declared('unit', '/etc/a.conf:1'),
          { ...declared('file', '/srv/compose.yaml:7'), id: 'file:/srv/compose.yaml' },
        ],
      },
      '/srv/compose.yaml',
    ],
    [
      'that is none',
      { pms: NAMED, otherSources: [declared('shell', 'the environment of this command')] },
      ANY_SERVICE.settings,
    ],
  ])('names the file that declares the variables: %s', (_, options, settings) => {
    expect(serviceOf(factsFixture(options)).settings).toBe(settings);
  });
});

function declared(kind: 'unit' | 'file' | 'shell', from: string): ReturnType<typeof source> {
  return source(`${kind}:x`, kind, {}, { variables: ok([{ name: 'https_proxy', value: 'http://p:1', from }]) });
}
