/** Our own ESLint rules: the import table and the bans that keep the rooms honest. */
import path from 'node:path';
import type { Rule } from 'eslint';
import { judge } from './import-table.ts';

const root = path.resolve(import.meta.dirname, '..');
const posix = (file: string): string => path.relative(root, file).split(path.sep).join('/');

const importTable: Rule.RuleModule = {
  meta: { type: 'problem', schema: [], messages: { refused: '{{ reason }}' } },
  create(context) {
    const from = posix(context.filename);
    const look = (node: Rule.Node, source: unknown): void => {
      if (typeof source !== 'string') return;
      const bare = !source.startsWith('.');
      const clean = source.replace(/\?.*$/, '');
      const to = bare ? clean : posix(path.resolve(path.dirname(context.filename), clean));
      const reason = judge(from, to, bare);
      if (reason) context.report({ node, messageId: 'refused', data: { reason } });
    };
    return {
      ImportDeclaration(node) { look(node, node.source.value); },
      ExportNamedDeclaration(node) { look(node, node.source?.value); },
      ExportAllDeclaration(node) { look(node, node.source.value); },
      ImportExpression(node) { if (node.source.type === 'Literal') look(node, node.source.value); },
    };
  },
};

/** No words of the interface stand in JSX: they come from resources/locales, so that every screen can be translated. */
const noLiteralText: Rule.RuleModule = {
  meta: { type: 'problem', schema: [], messages: { literal: 'Literal text "{{ text }}" in JSX. Put it into resources/locales/en.json and use <FormattedMessage> or intl.formatMessage.' } },
  create(context) {
    const shown = new Set(['label', 'title', 'placeholder', 'description', 'aria-label', 'alt', 'nothingFound']);
    const report = (node: unknown, text: string): void => { if (/\p{L}{2,}/u.test(text)) context.report({ node: node as Rule.Node, messageId: 'literal', data: { text: text.trim().slice(0, 40) } }); };
    return {
      JSXText(node: { value: string }) { report(node, node.value); },
      JSXAttribute(node: { name: { name: string }; value?: { type: string; value?: unknown } | null }) {
        if (shown.has(node.name.name) && node.value?.type === 'Literal' && typeof node.value.value === 'string') report(node, node.value.value);
      },
    } as unknown as Rule.RuleListener;
  },
};

export const troupe = { rules: { 'import-table': importTable, 'no-literal-text': noLiteralText } };
