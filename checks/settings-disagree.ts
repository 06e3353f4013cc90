import { defineCheck } from '../src/core/check.ts';
import type { Settings, SettingsSource } from '../src/core/model/evidence.ts';
import {
  decidingValue,
  proxyAddresses,
  proxyExclusions,
  runningPms,
} from '../src/core/judge/settings/settings-compare.ts';
import { sourceWords } from '../src/core/words/settings.ts';

export default defineCheck({
  id: 'settings-disagree',
  title: 'Two places name different proxies or exclusions',
  why: 'PMS uses only one of them. A test with the other one, or the next restart of PMS, gives another result.',
  remedy:
    'Make {other} and {judged} say the same about {variable}, or remove it from the one that PMS does not read; then restart PMS.',
  severity: 'medium',
  needs: ['settings'],
  messages: {
    proxy: 'The variable {variable} is {theirs} in {other}, but {ours} in {judged}.',
    exclusions: 'The exclusions are {theirs} in {other}, but {ours} in {judged}.',
    agree: 'No place contradicts {judged}.',
    single: 'Only one place names a proxy.',
  },
  evaluate({ settings }, say) {
    const judged = baseline(settings);
    const others = settings.sources.filter(
      (source) => source !== judged && isIndependent(source) && proxyAddresses(source).length > 0,
    );
    if (!judged || proxyAddresses(judged).length === 0 || others.length === 0)
      return say('not-applicable', 'single', {});
    const statements = others.flatMap((source) => {
      const between = { other: sourceWords(source.id), judged: sourceWords(judged.id) };
      const proxies = ['https_proxy', 'http_proxy', 'all_proxy'].flatMap((variable) => {
        const theirs = decidingValue(proxyAddresses(source), variable);
        const ours = decidingValue(proxyAddresses(judged), variable);
        return theirs === null || ours === null || theirs === ours
          ? []
          : [say('warn', 'proxy', { ...between, variable, theirs, ours })];
      });
      const theirs = excludedBy(source);
      const ours = excludedBy(judged);
      return theirs.join() === ours.join()
        ? proxies
        : [
            ...proxies,
            say('warn', 'exclusions', { ...between, variable: 'no_proxy', theirs: spoken(theirs), ours: spoken(ours) }),
          ];
    });
    return statements.length > 0 ? statements : say('pass', 'agree', { judged: sourceWords(judged.id) });
  },
});

/** Settings on the command line are meant to differ, so the other places are then compared with the running PMS. */
function baseline(settings: Settings): SettingsSource | null {
  const used = settings.sources.find(({ id }) => id === settings.used) ?? null;
  return used?.kind === 'option' ? runningPms(settings) : used;
}

/** Children inherit, and have a check of their own; options are meant to differ. */
function isIndependent({ kind }: SettingsSource): boolean {
  return kind !== 'child' && kind !== 'option';
}

/** The entries, in an order that does not depend on how they were written. */
function excludedBy(source: SettingsSource): readonly string[] {
  const list = decidingValue(proxyExclusions(source), 'no_proxy') ?? '';
  const entries = list.toLowerCase().split(/[\s,]+/);
  return [...new Set(entries.filter((entry) => entry !== ''))].sort();
}

function spoken(entries: readonly string[]): string {
  return entries.length === 0 ? 'nothing' : entries.join(', ');
}
