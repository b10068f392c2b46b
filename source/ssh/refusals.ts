import type { Client } from 'ssh2';

/** The parts of ssh2's client that this needs and its types leave out. */
type Inside = {
  readonly _protocol?: { readonly _handlers?: { CHANNEL_FAILURE?: Handler } };
  readonly _chanMgr?: { get(id: number): { close?(): void } | undefined };
};
type Handler = (protocol: unknown, channel: number) => void;

/**
 * ssh2 has one error for a server that answered a request with "no" and for a channel that closed before any answer, and
 * only the first proves that nothing was run. The function given back says, in a callback with that error, whether it was
 * the first; never so where ssh2 is not built as expected. To be called after the login. A refused channel is closed here:
 * ssh2 leaves it open, and it would count against MaxSessions.
 */
export const watchRefusals = (client: Client): (() => boolean) => {
  const { _protocol, _chanMgr } = client as unknown as Inside;
  const handlers = _protocol?._handlers;
  const tell = handlers?.CHANNEL_FAILURE;
  let refusing = false;
  if (handlers && tell)
    handlers.CHANNEL_FAILURE = (protocol, id) => {
      refusing = true;
      try {
        tell(protocol, id);
      } finally {
        refusing = false;
      }
      _chanMgr?.get(id)?.close?.();
    };
  return () => refusing;
};
