import type { Severity } from './findings.ts';

interface Rule {
  readonly id: string; readonly severity: Severity; readonly pattern: RegExp; readonly message: string;
  /** The languages it speaks of; all when left out. */
  readonly languages?: readonly string[];
  /** What is looked at: code without the insides of strings (default), code with strings, or comments. */
  readonly within?: 'bare' | 'code' | 'comment';
}

const JS = ['javascript', 'typescript', 'html'];

/** Each names what can go wrong and what to do instead. Patterns have no nested repetition, so none can run away. */
export const RULES: readonly Rule[] = [
  { id: 'risk/eval', severity: 'high', pattern: /\b(?:eval|execScript)\s*\(|\bnew\s+Function\s*\(/u, languages: [...JS, 'python', 'php', 'ruby'], message: 'It runs text as code. Parse the text, or look the action up in a table.' },
  { id: 'risk/shell', severity: 'high', pattern: /\bshell\s*=\s*True|\bos\.(?:system|popen)\s*\(|\b(?:shell_exec|passthru)\s*\(|\bRuntime\.getRuntime\(\)\.exec\s*\(|\bchild_process\b.*\bexec\s*\(|\bexecSync\s*\(/u, message: 'It runs a command through a shell. Pass the program and its arguments as a list.' },
  { id: 'risk/sql-concatenation', severity: 'high', within: 'code', pattern: /["'`]\s*(?:SELECT\s[^"'`]{1,200}\sFROM|INSERT\s+INTO|UPDATE\s[^"'`]{1,100}\sSET|DELETE\s+FROM)\b[^"'`]{0,300}(?:["']\s*(?:\+|\.|%|\|\|)\s*\w|\$\{|["']\s*\.format\()|\bf["']\s*(?:SELECT|INSERT|UPDATE|DELETE)\b[^"']{0,300}\{/iu, message: 'It puts values into the text of a query. Use parameters: ? or $1, and a list of values.' },
  { id: 'risk/html-injection', severity: 'high', pattern: /\.(?:innerHTML|outerHTML)\s*\+?=|\binsertAdjacentHTML\s*\(|\bdocument\.write(?:ln)?\s*\(|\bdangerouslySetInnerHTML\b|\bv-html\b/u, languages: JS, message: 'It puts text into the page as HTML. Set textContent, or clean the HTML first.' },
  { id: 'risk/tls-off', severity: 'high', pattern: /\brejectUnauthorized\s*:\s*false|\bverify\s*=\s*False|\bInsecureSkipVerify\s*:\s*true|\bNODE_TLS_REJECT_UNAUTHORIZED\b|\bCURLOPT_SSL_VERIFYPEER\b\s*,\s*(?:false|0)/u, message: 'It accepts any certificate, so anybody on the way can read and change what is sent. Trust the one authority that you need.' },
  { id: 'risk/unsafe-load', severity: 'high', pattern: /\b(?:pickle|marshal|shelve)\.loads?\s*\(|\byaml\.(?:load|unsafe_load)\s*\((?![^)]*SafeLoader)|\bunserialize\s*\(|\bObjectInputStream\b/u, message: 'It builds objects from data, which lets the data run code. Read JSON, or use the safe loader.' },
  { id: 'risk/weak-hash', severity: 'medium', within: 'code', pattern: /\b(?:md5|sha1)\s*\(|\bcreateHash\s*\(\s*["'](?:md5|sha1)["']|\bhashlib\.(?:md5|sha1)\b|MessageDigest\.getInstance\(\s*"(?:MD5|SHA-?1)"/iu, message: 'MD5 and SHA-1 can be forged. Use SHA-256; for passwords argon2 or scrypt.' },
  { id: 'risk/weak-random', severity: 'medium', pattern: /\bMath\.random\s*\(\)|\brandom\.(?:random|randint|choice)\s*\(|\bmt_rand\s*\(/u, message: 'These numbers can be predicted. For tokens and keys use crypto.getRandomValues or the secrets module.' },
  { id: 'risk/plain-http', severity: 'low', within: 'code', pattern: /["'`]http:\/\/(?!localhost|127\.|0\.0\.0\.0|\[::1\]|www\.w3\.org|schemas?\.|example\.)[\w.-]+/iu, message: 'It sends data unprotected. Use https.' },
  { id: 'risk/cors-any', severity: 'medium', within: 'code', pattern: /Access-Control-Allow-Origin["']?\s*[:,]\s*["']\*["']|\bcors\s*\(\s*\)/u, message: 'Any site may read the answers. Name the origins that may.' },
  { id: 'risk/open-permissions', severity: 'medium', within: 'code', pattern: /\bchmod\s+(?:-R\s+)?0?777\b|\bchmod\s*\([^)]*0o?777\)/u, message: 'Everybody on the machine may write it. Give the fewest rights that work.' },
  { id: 'risk/recursive-delete', severity: 'medium', within: 'code', pattern: /\brm\s+-[a-z]*r[a-z]*f?[a-z]*\s+(?:\/|\$|~|\*)|\bshutil\.rmtree\s*\(|\brmSync\s*\([^)]*recursive/u, message: 'It removes a whole tree. Check that the path cannot be empty or lead elsewhere.' },
  { id: 'risk/unsafe-copy', severity: 'high', pattern: /\b(?:strcpy|strcat|sprintf|gets)\s*\(/u, languages: ['c', 'cpp'], message: 'It writes beyond the end when the text is longer than the room. Use the variant with a length.' },
  { id: 'risk/unsafe-block', severity: 'medium', pattern: /\bunsafe\s*\{/u, languages: ['rust', 'csharp'], message: 'The compiler checks nothing in here. Say in a comment why it holds.' },
  { id: 'quality/empty-catch', severity: 'medium', pattern: /\bcatch\s*(?:\([^)]*\)\s*)?\{\s*\}|\bexcept\b[^:]*:\s*pass\b/u, message: 'It hides every failure. Handle it, or let it through.' },
  { id: 'quality/bare-except', severity: 'medium', pattern: /^\s*except\s*:/u, languages: ['python'], message: 'It catches even what ends the program. Name the exception.' },
  { id: 'quality/loose-equality', severity: 'low', pattern: /[^=!<>]==[^=]|!=[^=]/u, languages: ['javascript', 'typescript'], message: '== converts before it compares. Use === or !==.' },
  { id: 'quality/debug-output', severity: 'low', pattern: /\bconsole\.(?:log|debug|dir)\s*\(|^\s*debugger\b|\bvar_dump\s*\(|\bdbg!\s*\(|\bSystem\.out\.print|\bbreakpoint\(\)|\bpdb\.set_trace/u, message: 'It looks like a trace of debugging. Take it out, or use the log.' },
  { id: 'quality/any', severity: 'low', pattern: /:\s*any\b|\bas\s+any\b|<any>/u, languages: ['typescript'], message: 'any switches the type checks off. Say what it is, or use unknown.' },
  { id: 'quality/checks-off', severity: 'low', within: 'comment', pattern: /@ts-(?:ignore|nocheck)|eslint-disable|#?\s*noqa\b|type:\s*ignore|NOLINT/u, message: 'A check is switched off. Mend what it says, or write down why it is wrong here.' },
  { id: 'quality/left-undone', severity: 'low', within: 'comment', pattern: /\b(?:TODO|FIXME|XXX|HACK)\b/u, message: 'A note of something left undone. Do it, or make it a task that somebody owns.' },
  { id: 'quality/test-only', severity: 'medium', pattern: /\b(?:describe|it|test)\.only\s*\(|\bfdescribe\s*\(|\bfit\s*\(/u, languages: ['javascript', 'typescript'], message: 'Only this test runs. Take .only out.' },
  { id: 'quality/conflict-marker', severity: 'high', within: 'code', pattern: /^(?:<{7} |>{7} |={7}$)/u, message: 'A merge conflict was left in the file.' },
];
