import { defineCheck } from '../src/core/check.ts';
import type { Settings, SettingsSource } from '../src/core/evidence.ts';

export default defineCheck({
  id: 'settings-unreadable',
  title: 'The variables that PMS really has could not be read',
  why: 'Only the environment of the running process says which proxy PMS uses. Everything else is what somebody meant it to be.',
  remedy:
    'Run this as root, or as the user that PMS runs as, so that {sources} can be read; or state the settings with --proxy and --no-proxy.',
  severity: 'medium',
  needs: ['settings'],
  messages: {
    denied: '{sources} may not be read by this user, so {used} is judged instead.',
    'denied-child':
      '{sources} may not be read by this user, so it is not known whether they have the variables of PMS.',
    unreadable: '{sources} could not be read: {reason}.',
    read: 'Everything that runs could be read.',
    idle: 'No process of PMS was running.',
  },
  evaluate({ settings }, say) {
    const failures = unread(settings);
    const namesOf = (those: typeof failures): string =>
      those.map(({ source }) => `${source.id} (${source.process ?? source.kind})`).join(', ');
    const denied = failures.filter(({ code }) => code === 'EACCES');
    const children = denied.filter(({ source }) => source.kind === 'child');
    const others = denied.filter(({ source }) => source.kind !== 'child');
    const statements = [
      ...(others.length > 0 ? [say('warn', 'denied', { sources: namesOf(others), used: settings.used })] : []),
      ...(children.length > 0 ? [say('warn', 'denied-child', { sources: namesOf(children) })] : []),
      ...failures
        .filter(({ code }) => code !== 'EACCES')
        .map((failure) => say('warn', 'unreadable', { sources: namesOf([failure]), reason: failure.reason })),
    ];
    if (statements.length > 0) return statements;
    return settings.sources.some(isProcess) ? say('pass', 'read', {}) : say('not-applicable', 'idle', {});
  },
});

/** What matters of what could not be read: processes always, declarations only while they are what is judged. */
function unread(settings: Settings) {
  return settings.sources.flatMap((source) => {
    if (source.variables.state === 'ok' || !matters(source, settings)) return [];
    // What is simply not there (no unit, no default file) is nobody's lack of rights; a process always has an environment.
    if (source.variables.state === 'not-run' && !isProcess(source)) return [];
    const { code, message } = source.variables.reason;
    return [{ source, code, reason: message }];
  });
}

function matters(source: SettingsSource, { basis }: Settings): boolean {
  return isProcess(source) || basis === 'declared' || basis === 'assumed';
}

function isProcess({ kind }: SettingsSource): boolean {
  return kind === 'process' || kind === 'child';
}
