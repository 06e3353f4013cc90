import { defineCheck } from '../src/core/check.ts';
import type { ProxyVariable, SettingsSource } from '../src/core/model/evidence.ts';
import {
  proxyAddresses,
  proxyExclusions,
  runningPms,
  variableNames,
} from '../src/core/judge/settings/settings-compare.ts';

export default defineCheck({
  id: 'proxy-missing-in-child',
  title: 'A child process of PMS has other proxy variables than PMS',
  why: 'Scanner, plug-ins and tuner open their own connections. A child without the variables connects directly, and the proxy sees nothing.',
  remedy:
    'Find out what starts {child}: PMS passes its environment on, so a wrapper script or a separate service must set {variables} too. If PMS got the variables without a restart, restart it.',
  severity: 'high',
  needs: ['settings'],
  causes: ['proxy-not-in-process', 'scanner-bypasses-proxy'],
  messages: {
    missing: '{child} (pid {pids}) lacks {variables}, which {parent} has.',
    differs: '{child} (pid {pids}) has another value of {variables} than {parent}.',
    same: 'The child processes that could be read ({count}) have the proxy variables of {parent}.',
    alone: 'No child process of PMS was running.',
    unread: 'The environments of PMS and its child processes could not be compared.',
  },
  evaluate({ settings }, say) {
    const children = settings.sources.filter((source) => source.kind === 'child');
    if (children.length === 0) return say('not-applicable', 'alone', {});
    const parent = runningPms(settings);
    const readable = children.filter((child) => child.variables.state === 'ok');
    if (!parent || readable.length === 0) return say('not-applicable', 'unread', {});

    // Twenty plug-ins that lack the same variables are one trouble.
    const groups = new Map<string, SettingsSource[]>();
    for (const child of readable) {
      const key = JSON.stringify([child.process, lackOf(child, parent)]);
      groups.set(key, [...(groups.get(key) ?? []), child]);
    }
    const statements = [...groups.values()].flatMap((group) => {
      const [first] = group;
      if (!first) return [];
      const lack = lackOf(first, parent);
      const child = first.process ?? first.id;
      const pids = group.map(({ pid }) => pid).join(', ');
      const about = (variables: readonly ProxyVariable[]) => ({
        child,
        pids,
        variables: variableNames(variables),
        parent: parent.id,
      });
      return [
        ...(lack.missing.length > 0
          ? [say(lack.missing.some(isAddress) ? 'fail' : 'warn', 'missing', about(lack.missing))]
          : []),
        ...(lack.different.length > 0 ? [say('warn', 'differs', about(lack.different))] : []),
      ];
    });
    return statements.length > 0 ? statements : say('pass', 'same', { count: readable.length, parent: parent.id });
  },
});

/** The parent's variables that the child lacks or has with another value. Spelling counts: clients differ in what they read. */
function lackOf(child: SettingsSource, parent: SettingsSource) {
  const has = new Map([...proxyAddresses(child), ...proxyExclusions(child)].map(({ name, value }) => [name, value]));
  const expected = [...proxyAddresses(parent), ...proxyExclusions(parent)];
  return {
    missing: expected.filter(({ name }) => !has.has(name)),
    different: expected.filter(({ name, value }) => has.has(name) && has.get(name) !== value),
  };
}

function isAddress({ name }: ProxyVariable): boolean {
  return name.toLowerCase() !== 'no_proxy';
}
