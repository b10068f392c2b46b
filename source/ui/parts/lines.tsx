import { Text } from 'ink';
import { memo } from 'react';

/** One painted line. A line that did not change is not rendered again. */
const PaintedLine = memo(function PaintedLine(props: { readonly text: string }) {
  return <Text wrap="truncate">{props.text === '' ? ' ' : props.text}</Text>;
});

/** Painted lines from top to bottom: one node each, since nodes are what layout costs. */
export function Lines(props: { readonly lines: readonly string[] }) {
  // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place on the screen.
  return props.lines.map((text, index) => <PaintedLine key={index} text={text} />);
}
