/**
 * Two texts as a diff, line by line: `- ` goes, `+ ` comes, two spaces stay. Takes as many steps as the product of the
 * numbers of lines: for files of some hundred.
 */
export const lineDiff = (before: readonly string[], after: readonly string[]): readonly string[] => {
  const width = after.length + 1;
  /** Length of the longest common rest from line `at` of `before` and line `to` of `after` on. */
  const common = new Uint32Array((before.length + 1) * width);
  const rest = (at: number, to: number): number => common[at * width + to] ?? 0;
  for (let at = before.length - 1; at >= 0; at -= 1)
    for (let to = after.length - 1; to >= 0; to -= 1)
      common[at * width + to] =
        before[at] === after[to] ? rest(at + 1, to + 1) + 1 : Math.max(rest(at + 1, to), rest(at, to + 1));
  const lines: string[] = [];
  let [at, to] = [0, 0];
  while (at < before.length || to < after.length) {
    const stays = at < before.length && to < after.length && before[at] === after[to];
    if (stays) {
      lines.push(`  ${before[at]}`);
      at += 1;
      to += 1;
    } else if (at < before.length && (to >= after.length || rest(at + 1, to) >= rest(at, to + 1))) {
      lines.push(`- ${before[at]}`);
      at += 1;
    } else {
      lines.push(`+ ${after[to]}`);
      to += 1;
    }
  }
  return lines;
};
