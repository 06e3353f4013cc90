import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { COMMANDS, MAIN } from '../../src/cli/commands/index.ts';
import { completionScript } from '../../src/cli/help/completion.ts';
import { COMMON_OPTIONS } from '../../src/cli/options/options.ts';

const SCRIPT = completionScript(COMMANDS, MAIN, COMMON_OPTIONS);

/** The words that bash offers for the last word of a command line. */
function offered(...words: readonly string[]): readonly string[] {
  const line = ['pms-proxy-doctor', ...words].map((word) => `'${word}'`).join(' ');
  const asked = `COMP_WORDS=(${line}); COMP_CWORD=${words.length}; _pms_proxy_doctor; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const said = execFileSync('bash', ['-c', `${SCRIPT}\n${asked}`], { cwd: '/', encoding: 'utf8' });
  return said.split('\n').filter((word) => word !== '');
}

it.each<[readonly string[], readonly string[], readonly string[]]>([
  [['obs'], ['observe'], []],
  [['observe', '--fo'], ['--for', '--format'], ['--force ']],
  [['check', '--fo'], ['--format', '--force'], ['--for']],
  [['--o'], ['--observe', '--output', '--only'], ['--section']],
  [['check', '--format', 'ju'], ['junit'], ['json']],
  [['--format', 'j'], ['json', 'junit'], ['check']],
  [['endpoints', '--format', ''], ['csv'], ['junit']],
  [['read', '--client', '1', '--squid'], ['--squid-logformat'], []],
  [['read', 'et'], ['etc'], ['endpoints']],
  [['--proxy', 'x', 'com'], ['compare', 'completion'], ['check']],
])('%s', (words, some, none) => {
  const offers = offered(...words);
  expect(offers).toEqual(expect.arrayContaining([...some]));
  for (const word of none) expect(offers).not.toContain(word);
});
