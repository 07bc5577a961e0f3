import { definePlugin } from '../../../sdk/index.ts';
import { compareTexts } from './diff.ts';
import { extractEmails, extractLinks } from './extract.ts';
import { formatJson } from './json.ts';
import { sortLines } from './lines.ts';
import { changeCase, slugify } from './naming.ts';
import { redact } from './redact.ts';
import { findReplace } from './replace.ts';
import { findKeywords, summarize } from './summary.ts';
import { countWords } from './words.ts';

/** Pure functions of their input: no network, no files, no keys. The engine has checked each input against plugin.yaml. */
export default definePlugin({
  tools: {
    word_count: countWords,
    summarize,
    keywords: findKeywords,
    find_replace: findReplace,
    slugify,
    change_case: changeCase,
    extract_emails: extractEmails,
    extract_links: extractLinks,
    json_format: formatJson,
    diff: compareTexts,
    sort_lines: sortLines,
    redact,
  },
  healthCheck: () => ({ ok: countWords({ text: 'one two' }).words === 2 }),
});
