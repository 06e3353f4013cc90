import { describe, expect, it } from 'vitest';
import {
  actBegins,
  actWentOtherwise,
  conclusion,
  namespacesRefused,
  stepRefused,
  toolMissing,
  type NamespacePolicy,
} from '../../src/demo/story.ts';
import { StepFailed } from '../../src/demo/system/step.ts';

const OPEN: NamespacePolicy = {
  root: false,
  inContainer: false,
  maxUserNamespaces: 10_000,
  unprivilegedUserNamespaces: null,
  appArmorRestricts: null,
};

describe('namespacesRefused', () => {
  const SETTINGS = [
    'user.max_user_namespaces=',
    'unprivileged_userns_clone=',
    'apparmor_restrict_',
    '--privileged',
    'sudo',
  ];
  it.each<[string, Partial<NamespacePolicy>, readonly string[]]>([
    ['nothing known', {}, ['sudo']],
    ['none allowed', { maxUserNamespaces: 0 }, ['user.max_user_namespaces=', 'sudo']],
    ['none allowed, root', { maxUserNamespaces: 0, root: true }, ['user.max_user_namespaces=']],
    ['Debian’s switch', { unprivilegedUserNamespaces: 0 }, ['unprivileged_userns_clone=', 'sudo']],
    ['Debian’s switch, on', { unprivilegedUserNamespaces: 1 }, ['sudo']],
    ['Debian’s switch does not stop root', { unprivilegedUserNamespaces: 0, root: true }, []],
    ['AppArmor', { appArmorRestricts: 1 }, ['apparmor_restrict_', 'sudo']],
    ['AppArmor, off', { appArmorRestricts: 0 }, ['sudo']],
    ['a container', { inContainer: true, root: true }, ['--privileged']],
  ])('%s', (_, policy, expected) => {
    const text = namespacesRefused('a user namespace', 'unshare failed', { ...OPEN, ...policy }).join('\n');
    expect(SETTINGS.filter((setting) => text.includes(setting))).toEqual(expected);
    expect(text).toContain('does not allow a user namespace');
    expect(text).toContain('unshare failed');
  });
});

describe('conclusion', () => {
  const seen = { state: 'finished', requests: 1, served: ['plex.tv'], denied: [], vanished: 2 } as const;
  const finished = { ...seen, served: [...seen.served], denied: [] };
  it.each<[string, string, RegExp]>([
    ['what the story was about', conclusion(0, finished).join('\n'), /PMS scans its music/],
    ['one of a kind', conclusion(0, finished).join('\n'), /asked 1 time, served 1 name\./],
    ['a refusal', conclusion(0, { ...finished, denied: ['a', 'b'] }).join('\n'), /served 1 name and denied 2 names\./],
    ['what vanished', conclusion(0, finished).join('\n'), /2 packets that/],
  ])('says %s', (_, text, expected) => {
    expect(text).toMatch(expected);
  });

  it('is silent about what could not be counted', () => {
    expect(conclusion(0, { ...finished, vanished: null }).join('\n')).not.toMatch(/packet/);
  });
});

it.each([
  ['absent', /there is no `ip`.*package iproute2/],
  ['foreign', /`ip` is not the one of iproute2/],
] as const)('a tool that is %s is named with its package', (how, expected) => {
  expect(toolMissing('ip', how).join('\n')).toMatch(expected);
});

it('a refused step is named with what the program said', () => {
  const text = stepRefused(new StepFailed('a link', 'ip link add: Operation not supported')).join('\n');
  expect(text).toMatch(/set up here: a link\.\n.*Operation not supported/);
});

it('nothing that was not shown is concluded', () => {
  const seen = { state: 'finished', requests: 1, served: [], denied: [], vanished: 2 } as const;
  expect(conclusion(70, { ...seen, served: [], denied: [] }).join('\n')).not.toMatch(/scans its music/);
});

it('an act shows why, and the command', () => {
  expect(actBegins(2, 3, ['Why?', 'Really.'], ['reproduce', '--yes'])).toEqual([
    '',
    'demo: 2/3 Why?',
    'demo:     Really.',
    'demo:     $ pms-proxy-doctor reproduce --yes',
    '',
  ]);
});

it.each([
  [1, /part 2 .*exit code 1: something was found/],
  [99, /unexpected/],
])('an act that went otherwise is told with its exit code %d', (code, expected) => {
  expect(actWentOtherwise(2, code).join('\n')).toMatch(expected);
});
