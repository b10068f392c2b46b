import type { Key } from 'ink';
import { wantsWord } from './asking.ts';
import { printable, typedAtOnce } from './keys.ts';
import type { UiEvent, UiState } from './screens.ts';

/** What typing needs of the App. */
type Around = { readonly current: () => UiState; readonly send: (event: UiEvent) => void };

/** The printable part is kept; Enter right behind it, as a slow link joins them, is told as well. */
function typed(input: string, key: Key): readonly UiEvent[] {
  if (key.ctrl || key.meta || input === '') return [];
  const [text = '', ...rest] = input.split('\r');
  const events: UiEvent[] = [{ kind: 'typed', text: printable(text) }];
  return rest.length === 1 && rest[0] === '' ? [...events, { kind: 'accept' }] : events;
}

/** What is done with keys that no binding knows, and with what is pasted. */
export function typing({ current, send }: Around) {
  const refusePaste = () => send({ kind: 'wrong', why: 'Pasted text is not taken here: type it.' });
  const type = (input: string, key: Key) => {
    const { at } = current();
    if (at.screen === 'filter') for (const event of typed(input, key)) send(event);
    else if (at.screen === 'prompt') {
      const [event] = typed(input, key);
      if (event === undefined) return;
      if (wantsWord(at.ask) && [...input].length > typedAtOnce) return refusePaste();
      // Enter right behind the text, as a slow link joins them, is no answer: it is pressed again.
      send(event);
    } else if (current().notice !== null) send({ kind: 'notice', text: null });
  };
  const paste = (text: string) => {
    const { at } = current();
    if (at.screen === 'prompt' && wantsWord(at.ask)) refusePaste();
    else if (at.screen === 'filter' || at.screen === 'prompt') send({ kind: 'typed', text: printable(text) });
  };
  return { type, paste };
}
