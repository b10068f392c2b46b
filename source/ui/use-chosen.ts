import { useInput } from 'ink';
import { useRef } from 'react';
import { useAlone } from './use-alone.ts';

/**
 * For the list of ink-select-input: lets an item be chosen by Enter alone. The list also chooses by a digit, and with an
 * Enter that a slow link joined to arrows it chooses an item to which it had not moved yet; then `refused` is called.
 */
export const useChosen = (
  onSelect: (value: string) => void,
  refused: () => void = () => {},
): ((item: { readonly value: string }) => void) => {
  const alone = useAlone();
  const byEnter = useRef(false);
  useInput((_, key) => {
    alone.count();
    byEnter.current = key.return;
  });
  return ({ value }) =>
    alone.whenAlone(() => {
      if (byEnter.current) onSelect(value);
    }, refused);
};
