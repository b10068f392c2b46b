import { Box, Text } from 'ink';
import type { Paint } from '../spans.ts';
import { cell, span } from '../spans.ts';
import { type MenuItem, useMenu } from '../use-menu.ts';

/** A list to choose from, in at most `room` lines. The items must not change while it is open. */
export function Menu(props: {
  readonly items: readonly MenuItem[];
  readonly room: number;
  readonly columns: number;
  readonly paint: Paint;
  readonly onSelect: (value: string) => void;
}) {
  const { paint, columns, items } = props;
  const room = Math.max(1, props.room);
  const { first, selected } = useMenu(items, room, props.onSelect);
  return (
    <Box flexDirection="column" height={room} flexShrink={0}>
      {items.slice(first, first + room).map(({ label, value }) => {
        const on = value === items[selected]?.value;
        return (
          <Text key={value} wrap="truncate">
            {paint([span(cell(`${on ? ' ▸ ' : '   '}${label}`, columns), on ? 'selected' : 'plain')])}
          </Text>
        );
      })}
    </Box>
  );
}
