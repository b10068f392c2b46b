import { Box, render, Text, useInput } from 'ink';
import SelectInput from 'ink-select-input';
import { useChosen } from './use-chosen.ts';

/** Lets a person choose one of a few names, none with Esc or Ctrl-C. Draws in the normal screen. */
export const chooseName = async (
  title: string,
  names: readonly string[],
  terminal: { readonly color: boolean; readonly ascii: boolean },
): Promise<string | null> => {
  let chosen: string | null = null;
  const instance = render(
    <Chooser
      title={title}
      names={names}
      mark={terminal.ascii ? '>' : '❯'}
      onDone={(name) => {
        chosen = name;
        instance.clear();
        instance.unmount();
      }}
    />,
    { interactive: true, exitOnCtrlC: false, patchConsole: false },
  );
  await instance.waitUntilExit();
  return chosen;
};

function Chooser(props: {
  title: string;
  names: readonly string[];
  mark: string;
  onDone: (name: string | null) => void;
}) {
  useInput((input, key) => {
    if (key.escape || input === 'q' || (key.ctrl && input === 'c')) props.onDone(null);
  });
  const chosen = useChosen(props.onDone);
  return (
    <Box flexDirection="column">
      <Text bold>{props.title}</Text>
      <SelectInput
        items={props.names.map((name) => ({ label: name, value: name }))}
        limit={15}
        indicatorComponent={({ isSelected }) => <Text>{isSelected ? `${props.mark} ` : '  '}</Text>}
        itemComponent={({ isSelected, label }) => <Text bold={isSelected ?? false}>{label}</Text>}
        onSelect={chosen}
      />
      <Text>Enter opens, Esc leaves</Text>
    </Box>
  );
}
