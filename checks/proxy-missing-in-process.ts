import { defineCheck } from '../src/core/check.ts';
import type { SettingsSource } from '../src/core/model/evidence.ts';
import { proxyAddresses, runningPms, variableNames } from '../src/core/judge/settings/settings-compare.ts';
import { sourceWords } from '../src/core/words/settings.ts';

export default defineCheck({
  id: 'proxy-missing-in-process',
  title: 'Proxy variables are set somewhere, but the running PMS does not have them',
  why: 'A process gets its environment when it starts. PMS does not see variables that are set later, or in a unit, file, container or shell that does not pass them on.',
  remedy: 'Make {variables} reach PMS: {how}.',
  severity: 'high',
  needs: ['settings'],
  causes: ['proxy-not-in-process'],
  messages: {
    missing: 'The variables {variables} are set in {source}, but not in {process}.',
    'shell-only':
      'The variables {variables} are set in this shell, but not in {process}: a service does not see a shell.',
    present: 'Every proxy variable that other places set for PMS is in {process}.',
    undeclared: 'No place sets proxy variables for PMS.',
    unread: 'The environment of a running PMS is not known.',
  },
  evaluate({ settings }, say) {
    const running = runningPms(settings);
    if (!running) return say('not-applicable', 'unread', {});
    const process = sourceWords(running.id);
    const there = new Set(proxyAddresses(running).map(({ name }) => name.toLowerCase()));
    const declaring = settings.sources.filter((source) => isDeclaration(source) && proxyAddresses(source).length > 0);
    const statements = declaring.flatMap((source) => {
      const lacking = proxyAddresses(source).filter(({ name }) => !there.has(name.toLowerCase()));
      if (lacking.length === 0) return [];
      const variables = variableNames(lacking);
      const how = howToPassOn(source);
      return source.kind === 'shell'
        ? [say('warn', 'shell-only', { variables, process, how })]
        : [say('fail', 'missing', { source: sourceWords(source.id), variables, process, how })];
    });
    if (statements.length > 0) return statements;
    return declaring.length === 0 && there.size === 0
      ? say('not-applicable', 'undeclared', {})
      : say('pass', 'present', { process });
  },
});

function isDeclaration({ kind }: SettingsSource): boolean {
  switch (kind) {
    case 'unit':
    case 'default-file':
    case 'container':
    case 'shell':
      return true;
    case 'process':
    case 'child':
    case 'file':
    case 'option':
    default:
      return false;
  }
}

function howToPassOn({ id, kind }: SettingsSource): string {
  switch (kind) {
    case 'unit':
      return `systemctl daemon-reload, then systemctl restart ${id.replace(/^unit:/, '')}`;
    case 'default-file':
      return 'name the file in EnvironmentFile= of the unit, with plain NAME=value lines (systemd skips "export"), and restart PMS';
    case 'container':
      return 'recreate the container, and let the script that starts PMS keep the container’s environment (s6: with-contenv)';
    case 'process':
    case 'child':
    case 'file':
    case 'shell':
    case 'option':
    default:
      return 'put them into the unit (systemctl edit plexmediaserver) or into the options of the container, and restart PMS';
  }
}
