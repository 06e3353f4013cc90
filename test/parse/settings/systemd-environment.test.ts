import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SystemdIgnore } from '../../../src/core/model/systemd-ignores.ts';
import { isValidText } from '../../../src/parse/settings/systemd-unit.ts';
import { unitEnvironment } from '../../../src/parse/settings/systemd-environment.ts';

const unit = (...texts: readonly string[]) =>
  unitEnvironment(texts.map((text, index) => ({ path: `/u${index}.conf`, text: `[Service]\n${text}` })));
const values = (...texts: readonly string[]) =>
  unit(...texts).assignments.map(({ path, line, value }) => `${value.name}=${value.value} ${path}:${line}`);

describe('unitEnvironment', () => {
  it.each([
    ['a plain assignment', ['Environment=A=1'], ['A=1 /u0.conf:2']],
    [
      'an assignment in quotes',
      ['Environment="no_proxy=localhost,127.0.0.1"'],
      ['no_proxy=localhost,127.0.0.1 /u0.conf:2'],
    ],
    ['several on a line', [`Environment=A=1 "B=2 3" 'C=4'`], ['A=1 /u0.conf:2', 'B=2 3 /u0.conf:2', 'C=4 /u0.conf:2']],
    ['several on continued lines', ['Environment=A=1 \\\n  B=2'], ['A=1 /u0.conf:2', 'B=2 /u0.conf:3']],
    ['the last of a name', ['Environment=A=1\nEnvironment=A=2'], ['A=2 /u0.conf:3']],
    ['a drop-in wins over the fragment', ['Environment=A=1', 'Environment=A=2'], ['A=2 /u1.conf:2']],
    ['an empty assignment resets', ['Environment=A=1 B=2', 'Environment=\nEnvironment=C=3'], ['C=3 /u1.conf:3']],
    ['what is not an assignment is skipped', ['Environment=A=1 junk 1B=2 C=3'], ['A=1 /u0.conf:2', 'C=3 /u0.conf:2']],
    ['what follows an open quote is skipped', ['Environment=A=1 "B=2'], ['A=1 /u0.conf:2']],
    ['DefaultEnvironment is not for services', ['DefaultEnvironment=A=1'], []],
    ['another section', ['A=1\n[Unit]\nEnvironment=A=1'], []],
    ['%% is a percent sign', ['Environment=A=50%%'], ['A=50% /u0.conf:2']],
  ])('%s', (_, texts, expected) => {
    expect(values(...texts)).toEqual(expected);
  });

  it.each([
    ['http://%H:3128', 'http://%H:3128', '%H'],
    ['%n %N %p %i %j %t %h', 'my-plex@a.service my-plex@a my-plex a plex /run /root', null],
    ['%f', '/a', null],
    ['http://proxy:3128', 'http://proxy:3128', null],
    ['%%H', '%H', null],
    ['100%', '100%', null],
    ['a%-b', 'a%-b', null],
  ])('fills in the specifiers of %s', (written, value, unresolved) => {
    const text = `[Service]\nEnvironment="A=${written}"`;
    const kind = { kind: 'service', name: 'my-plex@a.service', isUser: false } as const;
    const { assignments } = unitEnvironment([{ path: '/u', text }], kind);
    expect(assignments.map((each) => each.value)).toMatchObject([{ value, unresolved }]);
  });

  it.each([
    ['%T %V', '/tmp /var/tmp'],
    ['%H', '%H'],
    ['%h', null],
    ['%t', null],
    ['%s', null],
    ['%n', null],
  ])('fills in %s for the manager itself', (written, value) => {
    const text = `[Manager]\nDefaultEnvironment="A=${written}"`;
    const { assignments } = unitEnvironment([{ path: '/m', text }], { kind: 'manager' });
    expect(assignments.map((each) => each.value.value)).toEqual(value === null ? [] : [value]);
  });

  it('collects the other directives and resets each by itself', () => {
    const result = unit(
      'EnvironmentFile=-/etc/a\nEnvironmentFile=/etc/b c\nPassEnvironment=http_proxy "https_proxy"\nUnsetEnvironment=A B=2',
    );
    expect(result.files.map(({ value }) => value)).toEqual([
      { file: '/etc/a', optional: true, unresolved: null },
      { file: '/etc/b c', optional: false, unresolved: null },
    ]);
    expect(result.passed.map(({ value }) => value)).toEqual(['http_proxy', 'https_proxy']);
    expect(result.unset).toEqual(['A', 'B=2']);
    const reset = unit(
      'EnvironmentFile=/etc/a\nPassEnvironment=x\nUnsetEnvironment=y',
      'EnvironmentFile=\nPassEnvironment=\nUnsetEnvironment=',
    );
    expect([reset.files, reset.passed, reset.unset]).toEqual([[], [], []]);
  });

  it('reads the defaults of the manager from its own section', () => {
    const text = '[Manager]\nDefaultEnvironment="http_proxy=http://proxy.test:3128" B=2\nEnvironment=C=3';
    const { assignments } = unitEnvironment([{ path: '/etc/systemd/system.conf', text }], { kind: 'manager' });
    expect(assignments.map(({ value }) => value.name)).toEqual(['http_proxy', 'B']);
  });

  it.each<[string, SystemdIgnore, number, number]>([
    ['Environment=A=1 junk', 'assignment', 2, 17],
    ['Environment=https_proxy=http://u:p%23ss@h', 'specifier', 2, 13],
    ['Environment=A=1 \\\n  "B=%9"', 'specifier', 3, 3],
    ['Environment=A=1 "B=2', 'syntax', 2, 17],
    [String.raw`Environment="A=c:\q"`, 'syntax', 2, 18],
    [String.raw`Environment=A=\xff`, 'assignment', 2, 13],
    ['EnvironmentFile=/etc/../x', 'path', 2, 17],
    ['EnvironmentFile="/etc/x"', 'path', 2, 17],
    ['EnvironmentFile=-etc/x', 'path', 2, 17],
    ['EnvironmentFile=/etc/%z', 'specifier', 2, 17],
    ['PassEnvironment=A b-c', 'variable-name', 2, 19],
    ['UnsetEnvironment=1A', 'variable-name', 2, 18],
  ])('%s is ignored: %s', (text, why, line, column) => {
    expect(unit(text).ignored).toEqual([{ path: '/u0.conf', why, line, column }]);
  });

  it('a word that is refused takes no other with it', () => {
    expect(values('Environment=A=1 "B=p%23ss" C=3')).toEqual(['A=1 /u0.conf:2', 'C=3 /u0.conf:2']);
  });

  it('gives back any quoted assignment', () => {
    const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,9}$/);
    const value = fc.string().filter((text) => !/[\r\n\0]/.test(text) && isValidText(text));
    fc.assert(
      fc.property(name, value, (n, v) => {
        const quoted = v.replace(/["\\]/g, String.raw`\$&`).replaceAll('%', '%%');
        const [assignment] = unit(`Environment="${n}=${quoted}"`).assignments;
        expect(assignment?.value).toMatchObject({ name: n, value: v, unresolved: null });
      }),
    );
  });
});
