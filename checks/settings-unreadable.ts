import { defineCheck } from '../src/core/check.ts';
import type { Settings, SettingsSource } from '../src/core/model/evidence.ts';
import { sourceWords } from '../src/core/words/settings.ts';

export default defineCheck({
  id: 'settings-unreadable',
  title: 'The variables that PMS really has could not be read',
  why: 'Only the environment of the running process shows which proxy PMS uses. Other places show the intention.',
  remedy:
    'Run this as root, or as the user that PMS runs as, so that {sources} can be read; or state the settings with --proxy and --no-proxy.',
  severity: 'medium',
  needs: ['settings'],
  messages: {
    denied: 'This user may not read {sources}, so {used} is judged instead.',
    'denied-child': 'This user may not read {sources}, so it is not known whether they have the variables of PMS.',
    unreadable: 'Could not read {sources}: {reason}.',
    read: 'Everything that runs could be read.',
    idle: 'No process of PMS was running.',
  },
  evaluate({ settings }, say) {
    const failures = unread(settings);
    const namesOf = (those: typeof failures): string =>
      those
        .map(({ source }) => sourceWords(source.id) + (source.process === null ? '' : ` (${source.process})`))
        .join(', ');
    const denied = failures.filter(({ code }) => code === 'EACCES');
    const children = denied.filter(({ source }) => source.kind === 'child');
    const others = denied.filter(({ source }) => source.kind !== 'child');
    const statements = [
      ...(others.length > 0
        ? [say('warn', 'denied', { sources: namesOf(others), used: sourceWords(settings.used) })]
        : []),
      ...(children.length > 0 ? [say('warn', 'denied-child', { sources: namesOf(children) })] : []),
      ...failures
        .filter(({ code }) => code !== 'EACCES')
        .map((failure) => say('warn', 'unreadable', { sources: namesOf([failure]), reason: failure.reason })),
    ];
    if (statements.length > 0) return statements;
    return settings.sources.some(isProcess) ? say('pass', 'read', {}) : say('not-applicable', 'idle', {});
  },
});

/** Unreadable processes always matter, declarations only while they are judged. */
function unread(settings: Settings) {
  return settings.sources.flatMap((source) => {
    if (source.variables.state === 'ok' || !matters(source, settings)) return [];
    // A missing unit or default file is not a lack of rights. A process always has an environment.
    if (source.variables.state === 'not-run' && !isProcess(source)) return [];
    const { code, message } = source.variables.reason;
    // No right helps to read the environment of a child that has ended.
    if (source.kind === 'child' && code === 'ESRCH') return [];
    return [{ source, code, reason: message }];
  });
}

function matters(source: SettingsSource, { basis }: Settings): boolean {
  return isProcess(source) || basis === 'declared' || basis === 'assumed';
}

function isProcess({ kind }: SettingsSource): boolean {
  return kind === 'process' || kind === 'child';
}
