import { Box, Text } from 'ink';
import SelectInput from 'ink-select-input';
import type { Paint } from '../spans.ts';
import { cell, span } from '../spans.ts';
import { useChosen } from '../use-chosen.ts';

export type MenuItem = { readonly label: string; readonly value: string };

/**
 * A list to choose from, in at most `room` lines. The items must not change while it is open: the list would jump
 * back to its top.
 */
export function Menu(props: {
  readonly items: readonly MenuItem[];
  readonly room: number;
  readonly columns: number;
  readonly paint: Paint;
  readonly onSelect: (value: string) => void;
  /** Several keys came at once, and nothing was chosen. */
  readonly onRefused: () => void;
}) {
  const { paint, columns } = props;
  const chosen = useChosen(props.onSelect, props.onRefused);
  return (
    <Box flexDirection="column" height={props.room} flexShrink={0}>
      <SelectInput
        items={props.items.map(({ label, value }) => ({ label, value, key: value }))}
        limit={Math.max(1, props.room)}
        indicatorComponent={Nothing}
        itemComponent={({ label, isSelected }) => (
          <Text wrap="truncate">
            {paint([
              span(cell(`${isSelected ? ' ▸ ' : '   '}${label}`, columns), isSelected ? 'selected' : 'plain'),
            ])}
          </Text>
        )}
        onSelect={chosen}
      />
    </Box>
  );
}

const Nothing = () => null;
