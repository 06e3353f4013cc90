import type { SettingChange } from '../model/comparison.ts';
import type { Report } from '../model/report.ts';
import { comparable, type Names } from './pair.ts';
import { sayCompared } from './words.ts';

/** The settings that were judged. Neither better nor worse by themselves: endpoints and bypasses show their effect. */
export function compareSettings(before: Report, after: Report, names: Names): readonly SettingChange[] {
  const [was, is] = [before.proxy, after.proxy];
  const plain = (
    setting: SettingChange['setting'],
    label: string,
    old: string | null,
    now: string | null,
  ): readonly SettingChange[] =>
    sameText(old, now, names)
      ? []
      : [
          row(
            setting,
            old,
            now,
            sayCompared('setting-changed', { setting: label, before: old ?? 'none', after: now ?? 'none' }),
          ),
        ];
  return [
    ...(was.configured === is.configured
      ? plain('proxy', 'proxy', was.url, is.url)
      : [row('proxy', was.url, is.url, sayCompared(is.configured ? 'proxy-set' : 'proxy-unset'))]),
    ...exclusions(was.noProxy, is.noProxy, names),
    ...plain('source', 'source of the settings', kindOf(was.source), kindOf(is.source)),
    ...plain('pms-version', 'version of PMS', before.pms?.version ?? null, after.pms?.version ?? null),
    ...plain('pms-client', 'client whose rules PMS follows', was.pmsDialect, is.pmsDialect),
  ];
}

function row(
  setting: SettingChange['setting'],
  before: string | null,
  after: string | null,
  says: SettingChange['says'],
): SettingChange {
  return { change: 'changed', decides: false, says, setting, before, after };
}

function sameText(old: string | null, now: string | null, names: Names): boolean {
  return old === null || now === null ? old === now : comparable(old, names) === comparable(now, names);
}

/** A restarted PMS has another pid, which is no other source. */
function kindOf(source: string): string {
  return source.replace(/^pid:\d+$/, 'process');
}

function exclusions(old: string | null, now: string | null, names: Names): readonly SettingChange[] {
  const [was, is] = [entriesOf(old), entriesOf(now)];
  const added = without(is, was, names);
  const removed = without(was, is, names);
  return [
    ...(added.length === 0
      ? []
      : [row('no-proxy', old, now, sayCompared('exclusions-added', { entries: added.join(', ') }))]),
    ...(removed.length === 0
      ? []
      : [row('no-proxy', old, now, sayCompared('exclusions-removed', { entries: removed.join(', ') }))]),
  ];
}

function entriesOf(noProxy: string | null): readonly string[] {
  return (noProxy ?? '').split(/[\s,|;]+/).filter((entry) => entry !== '');
}

/** The entries of one list that have none like them in the other; each takes one. */
function without(own: readonly string[], others: readonly string[], names: Names): readonly string[] {
  const left = others.map((entry) => comparable(entry, names));
  return own.filter((entry) => {
    const at = left.indexOf(comparable(entry, names));
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}
