import { defineCheck } from '../src/core/check.ts';
import { entriesMeant, excludes, listInUse, quoted } from '../src/core/judge/settings/judged-settings.ts';

export default defineCheck({
  id: 'leading-dot-entry',
  title: 'no_proxy contains a domain with a leading dot',
  why: '".example.com" covers example.com itself for libcurl and Python, but not for wget and Go. libcurl 7.86 reads it at the end of the list only, and no libcurl reads a second dot.',
  remedy: 'In {variable} ({from}), write {entries} without the dot.',
  severity: 'low',
  needs: ['settings', 'routing'],
  messages: {
    ignored: 'PMS (judged as {dialect}) does not apply {entries} in {variable} ({from}) to the names under it.',
    apex: '{entries} in {variable} ({from}) covers the names under it. PMS and its plug-ins also apply it to the domain itself, wget and Go do not.',
    none: 'No entry of no_proxy begins with a dot.',
    unset: 'No variable names a proxy, or there is no no_proxy.',
  },
  evaluate({ settings, routing }, say) {
    const list = listInUse(settings);
    if (!list) return say('not-applicable', 'unset', {});
    const entries = entriesMeant(list.value).filter((entry) => /^\.+[^.]/.test(entry));
    if (entries.length === 0) return say('pass', 'none', {});
    const args = { variable: list.name, from: list.from };
    // Each entry is judged at its place in the list, joined by commas: another check covers lists that are cut short.
    const commas = entriesMeant(list.value).join(',');
    const ignored = entries.filter(
      (entry) => !excludes(routing.pmsDialect, commas, `host.${entry.replace(/^\.+/, '')}`),
    );
    return ignored.length > 0
      ? say('warn', 'ignored', { ...args, entries: quoted(ignored), dialect: routing.pmsDialect })
      : say('pass', 'apex', { ...args, entries: quoted(entries) });
  },
});
