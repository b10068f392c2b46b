/** A sentence that came from elsewhere, ended by one full stop where no other sign ends it. */
export const withStop = (text: string): string => {
  const bare = text.replace(/[.\s]*$/, '');
  return /[?!]$/.test(bare) ? bare : `${bare}.`;
};
