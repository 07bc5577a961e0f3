/** A slow tool that counts how many of its calls overlap. */
export function callsAtOnce(ms: number): { call: () => Promise<string>; most: () => number } {
  let [now, most] = [0, 0];
  return {
    async call() {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => { setTimeout(resolve, ms); });
      now -= 1;
      return 'ok';
    },
    most: () => most,
  };
}
