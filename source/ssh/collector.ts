/** Two streams of bytes with one limit; what comes after it is dropped. */
export const collector = (mostBytes: number) => {
  let room = mostBytes;
  const into = () => {
    const pieces: Buffer[] = [];
    return {
      add: (bytes: Buffer) => {
        if (room <= 0) return;
        pieces.push(bytes.subarray(0, room));
        room -= bytes.length;
      },
      text: () => Buffer.concat(pieces).toString('utf8'),
    };
  };
  return { stdout: into(), stderr: into() };
};
