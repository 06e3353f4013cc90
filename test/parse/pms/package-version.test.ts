import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dpkgVersion, plistVersion, snapVersion, synologyVersion } from '../../../src/parse/pms/package-version.ts';

const paragraph = (name: string, status: string, version: string) =>
  `Package: ${name}\nStatus: ${status}\nDescription: x\n Package: plexmediaserver\nVersion: ${version}\n`;

describe('package versions', () => {
  it.each([
    [
      'installed',
      paragraph('plexmediaserver', 'install ok installed', '1.41.3.9314-a0bfb8370'),
      '1.41.3.9314-a0bfb8370',
    ],
    [
      'among others',
      `${paragraph('a', 'install ok installed', '1')}\n${paragraph('plexmediaserver', 'hold ok installed', '2')}\n`,
      '2',
    ],
    ['removed', paragraph('plexmediaserver', 'deinstall ok config-files', '1'), null],
    ['another package of that beginning', paragraph('plexmediaserver-x', 'install ok installed', '1'), null],
    ['nothing', '', null],
  ])('dpkg: %s', (_, status, version) => {
    expect(dpkgVersion(status, 'plexmediaserver')).toBe(version);
  });

  it.each([
    [snapVersion, "name: plexmediaserver\nversion: '1.41.3.9314-a0bfb8370'\n", '1.41.3.9314-a0bfb8370'],
    [snapVersion, 'version: 1.2\n', '1.2'],
    [snapVersion, 'name: x', null],
    [synologyVersion, 'package="PlexMediaServer"\nversion="1.41.3.9314-72009314"\n', '1.41.3.9314-72009314'],
    [synologyVersion, 'os_min_ver="7.0"', null],
    [plistVersion, '<dict>\n<key>CFBundleShortVersionString</key>\n\t<string>1.41.3</string></dict>', '1.41.3'],
    [plistVersion, 'bplist00', null],
  ])('%o reads %j', (read, text, version) => {
    expect(read(text)).toBe(version);
  });

  it('never throws', () => {
    expect(() =>
      fc.assert(
        fc.property(fc.string(), (text) =>
          [dpkgVersion(text, 'x'), snapVersion(text), synologyVersion(text), plistVersion(text)].every(
            (v) => v === null || v !== '',
          ),
        ),
      ),
    ).not.toThrow();
  });
});
