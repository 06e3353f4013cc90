import { describe, expect, it } from 'vitest';
import {
  conclusion,
  introduction,
  namespacesRefused,
  stepRefused,
  toolMissing,
  type NamespacePolicy,
} from '../../src/demo/story.ts';
import { StepFailed } from '../../src/demo/step.ts';

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
    ['a code with its meaning', conclusion(3, finished).join('\n'), /exit code 3 \(could not decide\)/],
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

it('the introduction shows the command that is run', () => {
  expect(introduction(['--format', 'json']).join('\n')).toContain('check --ca <demo root> --timeout 3s --format json');
});
