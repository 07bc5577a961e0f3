/**
 * What people type, and what they should get first. `wanted` names our own plugins by the end of their id, best answer first:
 * the first counts 3, the others 1. Judged by hand; change one only when the plugin changed.
 */
export const WRITTEN: readonly (readonly [words: string, ...wanted: string[]])[] = [
  ['csv', 'csv-analyst'], ['csv analyst', 'csv-analyst'], ['analyst', 'csv-analyst'], ['tables', 'csv-analyst'], ['csv file', 'csv-analyst'], ['analyse a csv', 'csv-analyst'], ['spreadsheet', 'csv-analyst'],
  ['questions about a table', 'csv-analyst'], ['exact figures', 'csv-analyst'], ['write a report from tables', 'csv-analyst', 'web-research'], ['cvs analyst', 'csv-analyst'], ['csv analist', 'csv-analyst'], ['data analyst', 'csv-analyst'],
  ['text', 'text-toolkit'], ['text toolkit', 'text-toolkit'], ['text tookit', 'text-toolkit'], ['toolkit', 'text-toolkit'], ['count words', 'text-toolkit'], ['word count', 'text-toolkit'], ['compare versions', 'text-toolkit'], ['regex', 'text-toolkit'],
  ['summary', 'text-toolkit', 'web-research'], ['diff', 'text-toolkit', 'code-reviewer'], ['json', 'text-toolkit', 'http-tools'], ['text editor', 'text-toolkit'], ['tools for text', 'text-toolkit'], ['counting words of a text', 'text-toolkit'], ['never leave your machine', 'text-toolkit'],
  ['code', 'code-reviewer'], ['code review', 'code-reviewer'], ['code reviewer', 'code-reviewer'], ['reviewer', 'code-reviewer', 'web-research'], ['review my code', 'code-reviewer'], ['review a diff', 'code-reviewer'], ['secrets', 'code-reviewer'], ['find secrets in code', 'code-reviewer'],
  ['security review', 'code-reviewer'], ['tangled functions', 'code-reviewer'], ['code revewer', 'code-reviewer'], ['reviewer for diffs', 'code-reviewer'], ['risks in a diff', 'code-reviewer'],
  ['http', 'http-tools'], ['http tools', 'http-tools'], ['api', 'http-tools'], ['cookies', 'http-tools'], ['headers', 'http-tools'], ['http headers', 'http-tools'], ['url', 'http-tools'], ['open data', 'http-tools'], ['call an api', 'http-tools'], ['json api', 'http-tools'], ['coookies', 'http-tools'], ['take an url apart', 'http-tools'], ['retry', 'http-tools'],
  ['meeting', 'meeting-notes'], ['meeting notes', 'meeting-notes'], ['meetings', 'meeting-notes'], ['minutes', 'meeting-notes'], ['transcript', 'meeting-notes'], ['notes of a meeting', 'meeting-notes'], ['decisions', 'meeting-notes'], ['action items from a meeting', 'meeting-notes'], ['meeting nots', 'meeting-notes'], ['open questions', 'meeting-notes'], ['transcript to minutes', 'meeting-notes'],
  ['page reader', 'page-reader'], ['quotes', 'page-reader'], ['read a web page', 'page-reader'],
  ['sql', 'sql-explorer'], ['sql explorer', 'sql-explorer'], ['database', 'sql-explorer'], ['sqlite', 'sql-explorer'], ['postgresql', 'sql-explorer'], ['list tables', 'sql-explorer', 'csv-analyst'],
  ['research', 'web-research'], ['web research', 'web-research'], ['researcher', 'web-research'], ['wikipedia', 'web-research'], ['sources', 'web-research'], ['sourced report', 'web-research'], ['researcher and writer', 'web-research'], ['web reserch', 'web-research'], ['write a report with sources', 'web-research'], ['research on the web', 'web-research'],
];

/** As people ask who know neither a name nor our words; harder, so that they have a floor of their own. Judged before they were tried. */
export const PLAIN: typeof WRITTEN = [
  ['average of a column', 'csv-analyst'], ['excel', 'csv-analyst'], ['statistics', 'csv-analyst'], ['sum up sales figures', 'csv-analyst'], ['find and replace', 'text-toolkit'], ['summarise a long text', 'text-toolkit'], ['pull request', 'code-reviewer'], ['find bugs in my code', 'code-reviewer'],
  ['rest client', 'http-tools'], ['test an api', 'http-tools'], ['meeting summary', 'meeting-notes'], ['who has to do what', 'meeting-notes'], ['query a database', 'sql-explorer'], ['postgres', 'sql-explorer'], ['look up facts on wikipedia', 'web-research'], ['summarise a website', 'page-reader', 'web-research'],
];

/** As `PLAIN`, written before the ranking was worked on and not looked at meanwhile: what was tuned for the others must hold here too. */
export const FRESH: typeof WRITTEN = [
  ['pivot table', 'csv-analyst'], ['chart of my sales', 'csv-analyst'], ['highest and lowest value', 'csv-analyst'], ['character counter', 'text-toolkit'], ['check my commit', 'code-reviewer'], ['merge request', 'code-reviewer'], ['leaked password', 'code-reviewer'],
  ['send a post request', 'http-tools'], ['webhook', 'http-tools'], ['todo list from a call', 'meeting-notes'], ['recap', 'meeting-notes'], ['read an article', 'page-reader', 'web-research'], ['db schema', 'sql-explorer'], ['find out about a topic', 'web-research'], ['fact check', 'web-research'],
];
