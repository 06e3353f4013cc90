import { describe, expect, it } from 'vitest';
import { invocationOf } from '../../src/cli/invocation.ts';
import { INSTALLED, typed } from '../../src/report/blocks/invocation.ts';

const started = (file: string, more: Partial<Parameters<typeof invocationOf>[0]> = {}) =>
  invocationOf({
    argv: ['/usr/bin/node', file],
    execPath: '/usr/bin/node',
    environment: { PATH: '/usr/local/bin:/usr/bin', HOME: '/home/jo' },
    directory: '/home/jo/tool',
    uid: 1000,
    ...more,
  });

describe('how a run was started', () => {
  it.each([
    ['installed', started('/usr/local/bin/pms-proxy-doctor'), 'pms-proxy-doctor', 'sudo pms-proxy-doctor'],
    ['installed, as root', started('/usr/local/bin/pms-proxy-doctor', { uid: 0 }), 'pms-proxy-doctor', null],
    ['a file below', started('/home/jo/tool/dist/x.js'), 'node dist/x.js', 'sudo node dist/x.js'],
    ['a file here', started('/home/jo/tool/x.mjs'), 'node ./x.mjs', 'sudo node ./x.mjs'],
    ['a file elsewhere', started('/opt/x.js'), 'node /opt/x.js', 'sudo node /opt/x.js'],
    ['a file with a blank', started('/opt/a b/x.js'), 'node /opt/a\\ b/x.js', 'sudo node /opt/a\\ b/x.js'],
    [
      "Node in the user's home",
      started('/opt/x.js', { execPath: '/home/jo/.nvm/node' }),
      'node /opt/x.js',
      'sudo ~/.nvm/node /opt/x.js',
    ],
    ['a file at home', started('/home/jo/x.js', { directory: '/' }), 'node home/jo/x.js', 'sudo node home/jo/x.js'],
    [
      'npx',
      started('/home/jo/.npm/_npx/1/pms-proxy-doctor', { environment: { npm_command: 'exec' } }),
      'npx pms-proxy-doctor',
      'sudo npx pms-proxy-doctor',
    ],
    [
      'a binary that is not on the path',
      started('/opt/pms-proxy-doctor'),
      '/opt/pms-proxy-doctor',
      'sudo /opt/pms-proxy-doctor',
    ],
    ['without users by number', started('/opt/x.js', { uid: null }), 'node /opt/x.js', null],
  ])('%s', (_, invocation, program, withSudo) => {
    expect(invocation).toMatchObject({ program, withSudo });
  });
  it('never names the user', () => {
    const at = started('/home/jo/x/y.js', { directory: '/srv', execPath: '/home/jo/n' });
    expect(JSON.stringify(at)).not.toContain('jo');
  });
});

describe('the options that decide what is judged', () => {
  const given = (...words: readonly string[]) =>
    started('/opt/x.js', { argv: ['/usr/bin/node', '/opt/x.js', ...words] }).options;
  it.each<[string, readonly string[], string, readonly string[]]>([
    ['none', ['check', '--all', '--format', 'json', '-o', 'x'], '', []],
    ['those of everyone', ['--timeout', '20s', '--env-from=pid:7', '--all'], ' --timeout 20s --env-from pid:7', []],
    ['those of the user', ['--proxy=http://jo:pw@acme.example', '--ca', '/home/jo/ca.pem'], '', ['--proxy', '--ca']],
    ['a value of the user', ['--env-from', 'file:/home/jo/x', '--only', 'acme'], '', ['--env-from', '--only']],
    ['a value that is no such value', ['--timeout', '$(reboot)', '--family'], '', ['--timeout', '--family']],
    ['twice', ['--ca', 'a', '--ca', 'b'], '', ['--ca']],
    ['words of another command', ['isolate', '--', 'curl', '--proxy', 'x'], '', []],
    ['names that every object has', ['--constructor', '--to-string'], '', []],
  ])('%s', (_, words, shown, named) => {
    expect(given(...words)).toEqual({ shown, named });
  });
});

describe('a command as it is typed', () => {
  const root = { program: 'node dist/x.js', withSudo: null };
  it.each([
    ['sudo pms-proxy-doctor check', INSTALLED, 'sudo pms-proxy-doctor check'],
    ['sudo pms-proxy-doctor check', root, 'node dist/x.js check'],
    ['pms-proxy-doctor explain legend', root, 'node dist/x.js explain legend'],
    ['sudo systemctl daemon-reload', root, 'systemctl daemon-reload'],
    ['sudo systemctl daemon-reload', INSTALLED, 'sudo systemctl daemon-reload'],
    ['sudo pms-proxy-doctors', root, 'pms-proxy-doctors'],
  ])('%s', (command, invocation, expected) => {
    expect(typed(command, invocation)).toBe(expected);
  });
});
