import type { CommandShape, OptionShape } from '../options/shape.ts';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** Each command with the words that lead to it: `lock show`; the program itself has none. */
type Placed = { readonly path: string; readonly command: CommandShape };

const placed = (command: CommandShape, path = ''): readonly Placed[] => [
  { path, command },
  ...command.commands.flatMap((one) => placed(one, `${path} ${one.name}`.trim())),
];

const unique = (words: readonly string[]): string => [...new Set(words)].join(' ');
const optionsWhere = (all: readonly Placed[], fits: (option: OptionShape) => boolean): string =>
  [...new Set(all.flatMap(({ command }) => command.options.filter(fits).map(({ flag }) => flag)))].join('|');

/** Prints the clusters of the config, one a line; those with a name that a shell would read as more than a name are left out. */
const clusters = "weave-console config list 2>/dev/null | sed -n 's/^\\([A-Za-z0-9._-]*\\): .*/\\1/p'";

const bash = (program: CommandShape): string => {
  const all = placed(program);
  const choices = all.flatMap(({ command }) => command.options.filter((option) => option.choices.length > 0));
  return [
    '_weave_console() {',
    '  local cur=$2 prev=$3 at= word i',
    '  COMPREPLY=()',
    '  for ((i = 1; i < COMP_CWORD; i++)); do',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's
    '    word=${COMP_WORDS[i]}',
    '    case "$word" in',
    `      ${optionsWhere(all, ({ takes }) => takes !== null)}) i=$((i + 1)); continue ;;`,
    '    esac',
    '    case "$at/$word" in',
    ...all
      .filter(({ path }) => path !== '')
      .map(({ path, command }) => {
        const above = path.slice(0, -command.name.length).trim();
        return `      "${above}/${command.name}") at="${path}" ;;`;
      }),
    '    esac',
    '  done',
    '  case "$prev" in',
    `    ${optionsWhere(all, ({ takes }) => takes === 'FILE')}) COMPREPLY=($(compgen -f -- "$cur")); return ;;`,
    `    --cluster) COMPREPLY=($(compgen -W "$(${clusters})" -- "$cur")); return ;;`,
    ...choices.map(
      (option) =>
        `    ${option.flag}) COMPREPLY=($(compgen -W "${option.choices.join(' ')}" -- "$cur")); return ;;`,
    ),
    `    ${optionsWhere(all, ({ takes }) => takes !== null)}) return ;;`,
    '  esac',
    '  case "$at" in',
    ...all.map(
      ({ path, command }) =>
        `    "${path}") word="${unique([
          ...command.commands.map(({ name }) => name),
          ...command.choices,
          ...command.options.map(({ flag }) => flag),
        ])}" ;;`,
    ),
    '  esac',
    '  COMPREPLY=($(compgen -W "$word" -- "$cur"))',
    '}',
    'complete -F _weave_console weave-console',
    '',
  ].join('\n');
};

const quoted = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;

const fish = (program: CommandShape): string => {
  const all = placed(program);
  const when = ({ path, command }: Placed): string => {
    const words = path.split(' ').filter(Boolean);
    const under = command.commands.map(({ name }) => name);
    const seen = words.map((word) => `__fish_seen_subcommand_from ${word}`);
    const not = under.length === 0 ? [] : [`not __fish_seen_subcommand_from ${under.join(' ')}`];
    return quoted([...seen, ...not].join('; and ') || 'true');
  };
  const value = ({ takes, choices, flag }: OptionShape): string =>
    takes === null
      ? ''
      : takes === 'FILE'
        ? ' -r -F'
        : ` -x${
            flag === '--cluster'
              ? ` -a ${quoted(`(${clusters})`)}`
              : choices.length > 0
                ? ` -a ${quoted(choices.join(' '))}`
                : ''
          }`;
  return [
    'complete -c weave-console -e',
    'complete -c weave-console -f',
    ...all.flatMap((one) => [
      ...one.command.commands.map(
        ({ name, what }) => `complete -c weave-console -n ${when(one)} -a ${name} -d ${quoted(what)}`,
      ),
      ...one.command.choices.map((word) => `complete -c weave-console -n ${when(one)} -a ${word}`),
      ...one.command.options
        .filter(({ flag }) => flag.startsWith('--'))
        .map(
          (option) =>
            `complete -c weave-console -n ${when(one)} -l ${option.flag.slice(2)}${value(option)} -d ${quoted(option.what)}`,
        ),
    ]),
    '',
  ].join('\n');
};

/** The script with which a shell completes commands, options, clusters and files of this program. */
export const completion = (shell: Shell, program: CommandShape): string => {
  switch (shell) {
    case 'bash':
      return bash(program);
    case 'zsh':
      return `autoload -U +X compinit && compinit -u\nautoload -U +X bashcompinit && bashcompinit\n${bash(program)}`;
    case 'fish':
      return fish(program);
  }
};
