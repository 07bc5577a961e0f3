import { dayOf, dueIn } from './dates.ts';
import { readTranscript, sentencesOf, type Turn } from './transcript.ts';

export interface Action { task: string; owner: string | null; due: string | null; due_date: string | null; line: number }
export interface Point { text: string; speaker: string | null; line: number }

const MAX_FOUND = 200;
const MARKED = /^\**(?:action(?: items?)?|todo|to do|task|next steps?)\**\s*[:–-]\s*\**\s*/iu;
const OWN = /\b(?:I['’]ll|I will|I can take|I['’]m going to|I am going to|leave (?:it|that) (?:with|to) me)\b/iu;
const OURS = /\b(?:we need to|we have to|we should|we must|some(?:body|one) (?:has|needs) to|let['’]s)\b/iu;
const NOT_A_TASK = /\b(?:I['’]ll be (?:honest|brief|late|back)|I will say|let me\b|let['’]s (?:see|start|move on|begin|say|go on)|we['’]ll see|I['’]ll (?:start|begin|stop|go first))\b/iu;
const DECIDED = /\b(?:we (?:have )?(?:decided|agreed|settled)|it is (?:decided|agreed)|it['’]s (?:decided|agreed)|the decision is|we['’]re going with|we go with|we(?: will|['’]ll) go with|agreed|approved)\b/iu;
const MARKED_DECISION = /^\**(?:decisions?|decided|agreed|resolution)\**\s*[:–-]\s*\**\s*/iu;
const OPEN = /\b(?:open question|still open|unclear|we don['’]t know|to be (?:decided|clarified)|tbd|parking lot)\b/iu;
const ASKED = /\b(?:can|could|would) you\b/iu;
/** Words that begin a sentence with a capital letter and name nobody. */
const NOBODY = /^(?:We|They|It|This|That|You|There|Every\w+|Some\w+|He|She|Who|What|No\w+|The|All|Then|Both)\b/u;

function clean(text: string): string {
  const bare = text.replace(/^\**[:\s]+|\**\s*$/gu, '').replace(/^(?:so|ok(?:ay)?|right|and|well|yes|great|fine|good)[,.]?\s+/iu, '').trim();
  return bare.charAt(0).toUpperCase() + bare.slice(1);
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/gu, '\\$&');

/** Whom a sentence names as the one to act: who says "I will", one of those who spoke, or a name before "will" or "to". */
function ownerOf(sentence: string, turn: Turn, names: readonly string[]): string | null {
  if (OWN.test(sentence) && turn.speaker !== null) return turn.speaker;
  for (const name of names) {
    const who = `(?:${escaped(name)}|${escaped(name.split(' ')[0] ?? name)})`;
    if (new RegExp(`(?:^|[^\\p{L}])${who},?\\s+(?:will|to|can you|could you|please|should|takes?|is going to|has to|needs to)\\b|${ASKED.source}[^.?!]{0,80},\\s*${who}(?!\\p{L})|@${who}(?!\\p{L})|\\bowner\\s*[:=]\\s*${who}`, 'iu').test(sentence)) return name;
  }
  const other = /(?:^|[.;,]\s+)(\p{Lu}\p{L}{1,30}(?:\s\p{Lu}\p{L}{1,30})?)\s+(?:will|to|should|has to|needs to|is going to)\s+\p{Ll}/u.exec(sentence)?.[1];
  return other !== undefined && !NOBODY.test(other) ? other : null;
}

export const speakersOf = (turns: readonly Turn[]): string[] => [...new Set(turns.flatMap((turn) => turn.speaker ?? []))];

export function actionsIn(turns: readonly Turn[], date: string | undefined): Action[] {
  const said = dayOf(date);
  const names = speakersOf(turns);
  const found = new Map<string, Action>();
  for (const turn of turns) {
    for (const sentence of sentencesOf(turn)) {
      const marked = MARKED.test(sentence);
      const bare = sentence.replace(MARKED, '');
      const owner = ownerOf(bare, turn, names);
      if (!marked && (NOT_A_TASK.test(bare) || DECIDED.test(bare) || (bare.endsWith('?') && !ASKED.test(bare)) || (owner === null && !OURS.test(bare)))) continue;
      const due = dueIn(bare, said);
      const task = clean(bare);
      if (!found.has(task.toLowerCase())) found.set(task.toLowerCase(), { task, owner, due: due?.due ?? null, due_date: due?.date ?? null, line: turn.line });
    }
  }
  return [...found.values()].slice(0, MAX_FOUND);
}

const pointsBy = (turns: readonly Turn[], keep: (sentence: string) => boolean): Point[] => turns.flatMap((turn) => sentencesOf(turn).filter(keep).map((sentence) => ({ text: clean(sentence.replace(MARKED_DECISION, '')), speaker: turn.speaker, line: turn.line }))).slice(0, MAX_FOUND);

export const decisionsIn = (turns: readonly Turn[]): Point[] => pointsBy(turns, (sentence) => (DECIDED.test(sentence) || MARKED_DECISION.test(sentence)) && !sentence.endsWith('?') && !OPEN.test(sentence));

/** Questions that nobody else took up in the turn after, and what was called open. */
export function questionsIn(turns: readonly Turn[]): Point[] {
  return turns.flatMap((turn, index) => {
    const next = turns[index + 1];
    const taken = next !== undefined && next.speaker !== turn.speaker && !next.text.includes('?') && !OPEN.test(next.text);
    return pointsBy([turn], (sentence) => OPEN.test(sentence) || (!taken && sentence.endsWith('?') && sentence.split(/\s+/u).length > 3 && !ASKED.test(sentence)));
  }).slice(0, MAX_FOUND);
}

export function checkDate(date: string | undefined): void {
  if (date !== undefined && dayOf(date) === undefined) throw new TypeError(`A day of the calendar such as 2026-11-20 was expected as the date of the meeting; got ${JSON.stringify(date)}.`);
}

export function findActions({ transcript, date }: { transcript: string; date?: string }) {
  checkDate(date);
  const actions = actionsIn(readTranscript(transcript), date);
  return { count: actions.length, actions, without_owner: actions.filter(({ owner }) => owner === null).length, without_due: actions.filter(({ due }) => due === null).length };
}

export function findDecisions({ transcript }: { transcript: string }) {
  const turns = readTranscript(transcript);
  return { decisions: decisionsIn(turns), open_questions: questionsIn(turns) };
}
