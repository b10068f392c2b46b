/** How the console may draw. Decided once, where the program starts (flags, NO_COLOR, the terminal). */
export type UiOptions = {
  /** Only 7-bit characters. */
  readonly ascii: boolean;
  /** False drops every colour; bold and inverse stay, since they carry no colour. */
  readonly color: boolean;
  /** The session can't change any peer. */
  readonly readOnly: boolean;
};
