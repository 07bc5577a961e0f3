import { definePlugin } from '../../../../../sdk/index.ts';
import { reviewDiff } from '../../../src/diff.ts';
import { countOf, inOrder, type Finding } from '../../../src/findings.ts';
import { listCode, reviewFile, reviewFolder } from '../../../src/folder.ts';
import { answerOf, reviewText } from '../../../src/review.ts';
import { secretsIn } from '../../../src/secrets.ts';

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
  },
  healthCheck: () => ({ ok: reviewDiff({ diff: '--- a/x.js\n+++ b/x.js\n@@ -0,0 +1 @@\n+eval(input)\n' }).findings.length === 1 }),
});
