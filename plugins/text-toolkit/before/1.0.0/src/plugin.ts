import { definePlugin } from '../../../../../sdk/index.ts';
import { compareTexts } from '../../../src/diff.ts';
import { extractEmails, extractLinks } from '../../../src/extract.ts';
import { formatJson } from '../../../src/json.ts';
import { sortLines } from '../../../src/lines.ts';
import { changeCase, slugify } from '../../../src/naming.ts';
import { findReplace } from '../../../src/replace.ts';
import { findKeywords, summarize } from '../../../src/summary.ts';
import { countWords } from '../../../src/words.ts';

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
  },
  healthCheck: () => ({ ok: countWords({ text: 'one two' }).words === 2 }),
});
