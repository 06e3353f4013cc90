import { defineCheck } from '../src/core/check.ts';
import type { Settings, SettingsSource } from '../src/core/evidence.ts';

export default defineCheck({
  id: 'settings-unreadable',
  title: 'The variables that PMS really has could not be read',
  why: 'Only the environment of the running process says which proxy PMS uses. Everything else is what somebody meant it to be.',
  remedy:
    'Run this as root, or as the user that PMS runs as, so that {source} can be read; or state the settings with --proxy and --no-proxy.',
  severity: 'medium',
  needs: ['settings'],
  messages: {
    denied: '{source} ({program}) may not be read by this user, so {used} is judged instead.',
    'denied-child':
      '{source} ({program}) may not be read by this user, so it is not known whether it has the variables of PMS.',
    unreadable: '{source} ({program}) could not be read: {reason}.',
    read: 'Everything that runs could be read.',
    idle: 'No process of PMS was running.',
  },
  evaluate({ settings }, say) {
    const processes = settings.sources.filter(({ kind }) => kind === 'process' || kind === 'child');
    const statements = unread(settings).map(({ source, code, reason }) => {
      const about = { source: source.id, program: source.process ?? source.kind };
      if (code !== 'EACCES') return say('warn', 'unreadable', { ...about, reason });
      return source.kind === 'child'
        ? say('warn', 'denied-child', about)
        : say('warn', 'denied', { ...about, used: settings.used });
    });
    if (statements.length > 0) return statements;
    return processes.length === 0 ? say('not-applicable', 'idle', {}) : say('pass', 'read', {});
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
