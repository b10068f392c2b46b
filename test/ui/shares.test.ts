import { expect, it } from 'vitest';
import { ipamTone, ipamWord } from '../../source/ui/words.ts';

const ready = { phase: 'ready', quorum: null, known: null, owned: 524_288, share: 0.5 } as const;

it('a peer on one of several rings says which, and not that all is well', () => {
  expect([ipamWord(ready), ipamTone(ready)]).toEqual(['ready', 'good']);
  expect([ipamWord({ ...ready, ring: 2 }), ipamTone({ ...ready, ring: 2 })]).toEqual(['ring 2', 'bad']);
});
