/** What one person said in one go. `at` is the time as the transcript writes it. */
export interface Turn { speaker: string | null; at: string | null; text: string; line: number }

const TIME = String.raw`\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?`;
const NAME = String.raw`\p{Lu}[\p{L}'’.-]{0,30}(?:[ ](?:\p{L}[\p{L}'’.-]{0,30})){0,3}`;
/** `[10:02] Ada: …`, `10:02 Ada Lovelace: …`, `Ada (10:02): …`, `Ada: …`, `**Ada:** …` */
const SAID = new RegExp(`^\\s*(?:[-*]\\s+)?(?:[\\[(]?(${TIME})[\\])]?\\s*[-–|]?\\s*)?\\**(${NAME})(?:\\s*[\\[(](${TIME})[\\])])?\\s*:\\**\\s*(.*)$`, 'u');
const CUE = new RegExp(`^(?:${TIME})\\s*-->\\s*(?:${TIME})`, 'u');
const VOICE = /^<v(?:\.[\w.]+)?\s+([^>]{1,80})>(.*?)(?:<\/v>)?$/u;
/** Headings that look like a speaker and are none. */
const NO_SPEAKER = new Set(['agenda', 'attendees', 'participants', 'present', 'date', 'time', 'subject', 'topic', 'title', 'location', 'note', 'notes', 'action', 'actions', 'action item', 'action items', 'decision', 'decisions', 'open', 'next', 'next steps', 'minutes', 'meeting', 'summary', 'todo', 'to do', 'question', 'questions', 'agreed', 'decided', 'owner', 'due']);

/**
 * Reads a transcript in the forms that meeting programs and people write: names with a colon, with or without times, and
 * WebVTT or SRT subtitles. Lines without a speaker belong to the one before.
 */
export function turnsOf(transcript: string): Turn[] {
  const turns: Turn[] = [];
  let cue: string | null = null;
  for (const [index, raw] of transcript.replace(/\r\n?/gu, '\n').split('\n').entries()) {
    const line = raw.trim();
    if (line === '') { cue = null; continue; }
    if (/^WEBVTT\b/u.test(line) || /^\d{1,5}$/u.test(line)) continue;
    if (CUE.test(line)) { cue = new RegExp(TIME, 'u').exec(line)?.[0] ?? null; continue; }
    const voice = VOICE.exec(line);
    const said = SAID.exec(line);
    const named = voice ? voice[1]?.trim() : said && !NO_SPEAKER.has((said[2] ?? '').toLowerCase()) ? said[2] : undefined;
    const speaker = named ?? null;
    const text = voice ? (voice[2] ?? '').trim() : speaker !== null ? said?.[4] ?? '' : line;
    const at = (voice ? undefined : said?.[1] ?? said?.[3]) ?? cue;
    const last = turns.at(-1);
    if (!last || (speaker !== null && (last.speaker !== speaker || last.at !== at))) turns.push({ speaker, at, text, line: index + 1 });
    else last.text = last.text === '' ? text : `${last.text}\n${text}`;
  }
  return turns;
}

export const wordsIn = (text: string): number => text.match(/[\p{L}\p{N}][\p{L}\p{N}'’-]*/gu)?.length ?? 0;

/** The sentences of a turn; a line break ends a sentence, too. */
export function sentencesOf(turn: Turn): string[] {
  return turn.text.split(/\n+|(?<=[.!?])\s+(?=["'“(]?[\p{Lu}\p{N}])/u).map((sentence) => sentence.replace(/^[-*•]\s+/u, '').trim()).filter((sentence) => sentence !== '');
}

/** Throws TypeError, with what was expected, when nothing was said. */
export function readTranscript(transcript: string): Turn[] {
  const turns = turnsOf(transcript).filter((turn) => wordsIn(turn.text) > 0);
  if (turns.length === 0) throw new TypeError('A transcript was expected, such as "Ada: I will send the offer by Friday." one turn a line, or subtitles (WebVTT, SRT). Nothing that somebody said was found.');
  return turns;
}
