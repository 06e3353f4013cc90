import { TOOL } from '../../core/values/version.ts';
import type { CommandHelp, Option, OptionTable } from './model.ts';

/**
 * A completion script for bash, which zsh can read too. It holds all that it offers, so a key press starts no program.
 */
export function completionScript(commands: readonly CommandHelp[], main: CommandHelp, common: OptionTable): string {
  const names = commands.map(({ name }) => name).join('|');
  const rows = commands.map((command) => ({
    pattern: command === main ? `${command.name}|''` : command.name,
    table: { ...command.own, ...command.shared, ...common },
  }));
  return [
    `# ${TOOL.name}: completion for bash and zsh. In ~/.bashrc or ~/.zshrc:  source <(${TOOL.name} completion)`,
    'if [ -n "${ZSH_VERSION-}" ]; then autoload -U +X bashcompinit && bashcompinit; fi',
    '_pms_proxy_doctor() {',
    '  local word command="" options="" current="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}"',
    '  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do',
    `    case "$word" in ${names}) command="$word"; break ;; esac`,
    '  done',
    '  case "$command $before" in',
    ...rows.flatMap(({ pattern, table }) => choiceRows(pattern.split('|'), table)),
    '  esac',
    '  case "$command" in',
    ...rows.map(({ pattern, table }) => `    ${pattern}) options="${optionWords(table).join(' ')}" ;;`),
    '  esac',
    '  case "$current" in',
    '    -*) COMPREPLY=($(compgen -W "$options" -- "$current")) ;;',
    '    *)',
    '      COMPREPLY=($(compgen -f -- "$current"))',
    `      if [ -z "$command" ] && [ "\${before#-}" = "$before" ]; then COMPREPLY+=($(compgen -W "${names.replaceAll('|', ' ')}" -- "$current")); fi`,
    '      ;;',
    '  esac',
    '}',
    `complete -o filenames -F _pms_proxy_doctor ${TOOL.name}`,
    '',
  ].join('\n');
}

function choiceRows(names: readonly string[], table: OptionTable): readonly string[] {
  return Object.entries(table).flatMap(([option, { choices }]) =>
    choices === undefined
      ? []
      : [
          `    ${names.map((name) => `"${name === "''" ? '' : name} --${option}"`).join('|')}) COMPREPLY=($(compgen -W "${choices.join(' ')}" -- "$current")); return ;;`,
        ],
  );
}

function optionWords(table: OptionTable): readonly string[] {
  return Object.entries(table).flatMap(([name, { alias }]: [string, Option]) =>
    alias === undefined ? [`--${name}`] : [`--${name}`, `-${alias}`],
  );
}
