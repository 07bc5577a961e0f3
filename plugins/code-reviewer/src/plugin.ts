import { definePlugin } from '../../../sdk/index.ts';
import { reviewDiff } from './diff.ts';
import { countOf, inOrder, type Finding } from './findings.ts';
import { listCode, reviewFile, reviewFolder } from './folder.ts';
import { answerOf, reviewText } from './review.ts';
import { secretsIn } from './secrets.ts';
import { diffStats } from './stats.ts';

/** Looks for what looks like a secret in any text; the values themselves are never given back. */
function findSecrets({ text }: { text: string }) {
  const findings: Finding[] = inOrder(text.replace(/\r\n?/gu, '\n').split('\n').flatMap((line, index) => secretsIn(line, 'the text', index + 1)));
  return { found: findings.length, counts: countOf(findings), findings: findings.slice(0, 200).map(({ line, severity, rule, message, excerpt }) => ({ line, severity, rule, message, excerpt })) };
}

export default definePlugin({
  tools: {
    review_diff: reviewDiff,
    review_code: ({ code, file_name: name = 'the pasted code' }: { code: string; file_name?: string }) => answerOf(reviewText(code, name)),
    review_file: reviewFile,
    review_folder: reviewFolder,
    list_code: listCode,
    find_secrets: findSecrets,
    diff_stats: diffStats,
  },
  healthCheck: () => ({ ok: reviewDiff({ diff: '--- a/x.js\n+++ b/x.js\n@@ -0,0 +1 @@\n+eval(input)\n' }).findings.length === 1 }),
});
