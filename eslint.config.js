import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';
import { troupe } from './scripts/lint-rules.ts';

/** Clock, ids and randomness are arguments in engine/, so that a recorded run can be replayed. */
const replayable = [
  { object: 'Date', property: 'now', message: 'Take the clock as an argument, so that a recorded run can be replayed.' },
  { object: 'Math', property: 'random', message: 'Take randomness as an argument, so that a recorded run can be replayed.' },
  { object: 'crypto', property: 'randomUUID', message: 'Take the id maker as an argument, so that a recorded run can be replayed.' },
];

export default tseslint.config(
  { ignores: ['node_modules/', 'dist/', '.cache/', 'coverage/', 'docs/', 'resources/', 'plugins/*/generated/'] },
  ...tseslint.configs.recommended,
  {
    plugins: { troupe },
    languageOptions: { parserOptions: { ecmaFeatures: { jsx: true } } },
    rules: {
      'troupe/import-table': 'error',
      'no-console': 'error',
      'no-eval': 'error',
      'no-empty': ['error', { allowEmptyCatch: false }],
      'eqeqeq': ['error', 'always', { null: 'ignore' }],
      'max-lines': ['error', { max: 500 }],
      'prefer-const': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      'no-restricted-syntax': ['error', { selector: 'CallExpression[callee.property.name="sendSync"]', message: 'sendSync freezes the window; use a procedure of the contract.' }],
    },
  },
  { files: ['renderer/**/*.{ts,tsx}'], plugins: { 'react-hooks': reactHooks }, rules: { ...reactHooks.configs.recommended.rules, 'react-hooks/incompatible-library': 'off' /* warns about the React Compiler, which is not used */ } },
  { files: ['renderer/**/*.tsx'], rules: { 'troupe/no-literal-text': 'error' } },
  { files: ['main/core/engine/**/*.ts'], rules: { 'no-restricted-properties': ['error', ...replayable] } },
  { files: ['scripts/**', 'bench/**', 'tests/**', 'main/cli/**', '**/*.cjs'], rules: { 'no-console': 'off', 'troupe/no-literal-text': 'off' } },
  { files: ['**/*.cjs'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
);
