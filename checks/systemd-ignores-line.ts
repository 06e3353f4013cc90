import { defineCheck } from '../src/core/check.ts';
import { proxyVariables } from '../src/core/judge/settings/judged-settings.ts';
import { SYSTEMD_IGNORES as WHY } from '../src/core/model/systemd-ignores.ts';

export default defineCheck({
  id: 'systemd-ignores-line',
  title: 'systemd ignores a line that was meant for PMS',
  why: 'A line of a unit that systemd does not understand is skipped with a warning in the journal, and PMS starts without the variable.',
  remedy: 'Correct {place}, then: systemctl daemon-reload and restart PMS.',
  severity: 'high',
  needs: ['settings'],
  causes: ['proxy-not-in-process'],
  messages: {
    'no-section': `systemd ignores {place}, because ${WHY['no-section']}.`,
    'unknown-section': `systemd ignores {place}, because ${WHY['unknown-section']}.`,
    'wrong-section': `systemd ignores {place}, because ${WHY['wrong-section']}.`,
    'unknown-key': `systemd ignores {place}, because ${WHY['unknown-key']}.`,
    'no-assignment': `systemd ignores {place}, because ${WHY['no-assignment']}.`,
    'bad-header': `systemd ignores {place} and all that follows, because ${WHY['bad-header']}.`,
    'not-utf8': `systemd ignores {place} and all that follows, because ${WHY['not-utf8']}.`,
    syntax: `systemd ignores a part of {place}, because ${WHY.syntax}.`,
    specifier: `systemd drops an assignment of {place}, because ${WHY.specifier}.`,
    assignment: `systemd ignores a word of {place}, because ${WHY.assignment}.`,
    'variable-name': `systemd ignores a word of {place}, because ${WHY['variable-name']}.`,
    path: `systemd ignores {place}, because ${WHY.path}.`,
    'file-line': `systemd ignores {place}, because ${WHY['file-line']}.`,
    'file-not-utf8': `systemd ignores all of {place}, because ${WHY['file-not-utf8']}.`,
    'not-conf': `systemd ignores {place}, because ${WHY['not-conf']}.`,
    folder: `systemd ignores {place}, because ${WHY.folder}.`,
    none: 'systemd understands every line that is meant to set the environment.',
    'no-unit': 'No unit of PMS was read.',
  },
  evaluate({ settings }, say) {
    const units = settings.sources.filter(({ kind, ignored }) => kind === 'unit' || ignored !== undefined);
    const ignored = units.flatMap((unit) => unit.ignored ?? []);
    // With a proxy in the judged variables the line was not the only one that sets it.
    const verdict = proxyVariables(settings).length === 0 ? 'fail' : 'warn';
    if (ignored.length > 0) return ignored.map(({ from, why }) => say(verdict, why, { place: from }));
    return units.some(({ variables }) => variables.state === 'ok')
      ? say('pass', 'none', {})
      : say('not-applicable', 'no-unit', {});
  },
});
