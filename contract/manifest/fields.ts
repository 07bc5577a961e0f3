import * as z from 'zod/mini';

/** Characters that hide or reorder text: controls, bidi marks and overrides, zero-width blanks, line separators. */
const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u;

/** One line that people read: no control, bidi or invisible characters, so that nothing looks like something else. */
export const lineSchema = (maximum: number) => z.string().check(
  z.minLength(1), z.maxLength(maximum),
  z.refine((text) => !HIDDEN.test(text), { error: 'has a control, bidirectional or invisible character, which this line may not hold' }),
);

/** Markdown or another long text; line breaks and tabs are fine, other controls and bidi overrides are not. */
export const longTextSchema = (maximum: number) => z.string().check(
  z.maxLength(maximum),
  z.refine((text) => !HIDDEN.test(text.replace(/[\n\r\t\u200b\u200e\u200f\u2060\ufeff]/gu, '')), { error: 'has a control or bidirectional character, which this text may not hold' }),
);

/** Semantic version 2.0.0, the grammar of semver.org. */
export const versionSchema = z.string().check(
  z.maxLength(64),
  z.regex(/^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-((0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(\.(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?(\+([0-9a-zA-Z-]+(\.[0-9a-zA-Z-]+)*))?$/, { error: 'is not a semantic version such as 1.2.0' }),
);

/** The id of a capability within its plugin: `fetch_page`, `monitoring-crew`. */
export const capabilityIdSchema = z.string().check(z.maxLength(64), z.regex(/^[a-zA-Z0-9][a-zA-Z0-9_-]*$/, { error: 'is not an id: letters, digits, `_` and `-`, beginning with a letter or digit' }));

/** The key of a configuration entry, secret or folder. */
export const keySchema = z.string().check(z.maxLength(64), z.regex(/^[a-zA-Z][a-zA-Z0-9_.-]*$/, { error: 'is not a key: letters, digits, `_`, `.` and `-`, beginning with a letter' }));

/** A link that the app may offer to open. Only its scheme is looked at here; the shell looks again before it opens one. */
export const linkSchema = z.string().check(z.maxLength(2048), z.regex(/^https?:\/\/[^\s<>"`]+$/, { error: 'is not a web address (http or https)' }));

export const emailSchema = z.string().check(z.maxLength(254), z.regex(/^[^\s@<>"]+@[^\s@<>"]+$/, { error: 'is not an e-mail address' }));

/** A file of the archive below one of its folders; the archive reader checks the rest of the naming rules. */
export const archivePathSchema = (folder: string) => z.string().check(
  z.maxLength(512),
  z.refine((path) => path.startsWith(`${folder}/`) && !path.split('/').some((part) => part === '' || part === '.' || part === '..') && !/[\\:*?"<>|]/.test(path), { error: `is not a file inside ${folder}/` }),
);

/** Any JSON object. */
export const jsonObjectSchema = z.record(z.string(), z.unknown());
