/** What a person can do now. Keys, hints, help and the palette offer nothing else. */
export type Can = {
  /** The demo's menu is there. */
  readonly mischief: boolean;
  /** The session may change something, so there is a lock to look at. */
  readonly workshop: boolean;
  /** A change may be begun: none is under way. */
  readonly begin: boolean;
  /** There is a maintenance to look at. */
  readonly maintenance: boolean;
};

/** A session that only looks. */
export const lookOnly: Can = { mischief: false, workshop: false, begin: false, maintenance: false };
