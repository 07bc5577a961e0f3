const LONGEST = 60;

/** A name that is free on the team, made of the agent's own: `Text Specialist`, else `Text Specialist 2`. */
export function suggestName(agent: string, taken: readonly string[]): string {
  const used = new Set(taken.map((name) => name.toLowerCase()));
  const base = agent.trim().slice(0, LONGEST - 4) || 'Agent';
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? base : `${base} ${number}`;
    if (!used.has(name.toLowerCase())) return name;
  }
}

/** Message id of what is wrong with a name, or null. `own` is the name that may be kept. */
export function nameProblem(name: string, taken: readonly string[], own = ''): string | null {
  const clean = name.trim();
  if (clean === '') return 'team.nameEmpty';
  if (clean.length > LONGEST) return 'team.nameLong';
  return clean.toLowerCase() !== own.toLowerCase() && taken.some((other) => other.toLowerCase() === clean.toLowerCase()) ? 'team.nameTaken' : null;
}
