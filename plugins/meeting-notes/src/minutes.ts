import type { ToolContext } from '../../../sdk/index.ts';
import { actionsIn, checkDate, decisionsIn, questionsIn, speakersOf, type Action, type Point } from './items.ts';
import { readTranscript, wordsIn } from './transcript.ts';

const MAX_TURNS = 1_000;

export function splitTranscript({ transcript }: { transcript: string }) {
  const turns = readTranscript(transcript);
  const total = turns.reduce((sum, turn) => sum + wordsIn(turn.text), 0);
  const speakers = speakersOf(turns).map((name) => {
    const own = turns.filter((turn) => turn.speaker === name);
    const words = own.reduce((sum, turn) => sum + wordsIn(turn.text), 0);
    return { name, turns: own.length, words, share: Math.round((words / total) * 100) };
  });
  return { speakers: speakers.sort((a, b) => b.words - a.words), words: total, turns: turns.slice(0, MAX_TURNS).map(({ speaker, at, text, line }) => ({ speaker, at, line, text: text.slice(0, 2000) })), truncated: turns.length > MAX_TURNS };
}

const oneLine = (text: string): string => text.replace(/\s+/gu, ' ');
/** Text of a transcript in a cell of a table: no bar of it ends the cell. */
const cell = (text: string): string => oneLine(text).replace(/\|/gu, '\\|');

const until = ({ due, due_date: day }: Action): string => (day === null ? due ?? 'open' : due === day ? day : `${day} (${due ?? ''})`);
const list = (points: readonly Point[]): string => points.map(({ text, speaker }) => `- ${oneLine(text)}${speaker === null ? '' : ` (${speaker})`}`).join('\n');
const table = (actions: readonly Action[]): string => `| What | Who | Until |\n|---|---|---|\n${actions.map((action) => `| ${cell(action.task)} | ${cell(action.owner ?? 'nobody yet')} | ${cell(until(action))} |`).join('\n')}`;

export function writeMinutes({ transcript, title = 'Minutes', date }: { transcript: string; title?: string; date?: string }) {
  checkDate(date);
  const turns = readTranscript(transcript);
  const [speakers, decisions, actions, questions] = [speakersOf(turns), decisionsIn(turns), actionsIn(turns, date), questionsIn(turns)];
  const nothing = 'None was found in the transcript.';
  const sections = [
    `# ${oneLine(title)}`,
    [date === undefined ? '' : `**Date:** ${date}`, speakers.length === 0 ? '' : `**Who spoke:** ${speakers.join(', ')}`].filter((part) => part !== '').join('  \n'),
    `## Decisions\n\n${decisions.length === 0 ? nothing : list(decisions)}`,
    `## Actions\n\n${actions.length === 0 ? nothing : table(actions)}`,
    questions.length === 0 ? '' : `## Open questions\n\n${list(questions)}`,
  ];
  return { markdown: `${sections.filter((part) => part !== '').join('\n\n')}\n`, decisions: decisions.length, actions: actions.length, open_questions: questions.length };
}

/** A name for a file that every system takes. */
const fileName = (title: string): string => `${title.toLowerCase().normalize('NFKD').replace(/[^a-z0-9]+/gu, '-').replace(/^-+|-+$/gu, '').slice(0, 80) || 'minutes'}.md`;

export async function saveMinutes({ title, markdown, overwrite = false }: { title: string; markdown: string; overwrite?: boolean }, ctx: ToolContext) {
  const file = fileName(title);
  const there = (await ctx.files.list('minutes')).some((entry) => entry.name.toLowerCase() === file);
  if (there && !overwrite) throw new Error(`The minutes folder has a ${file} already. Choose another title, or ask whether it may be replaced and set overwrite.`);
  const text = markdown.endsWith('\n') ? markdown : `${markdown}\n`;
  await ctx.files.writeText('minutes', file, text);
  return { file, characters: text.length };
}
