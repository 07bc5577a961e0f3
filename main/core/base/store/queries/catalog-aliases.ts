/**
 * What people call a thing that plugins call otherwise: brands for what they stand for (excel, postgres), a trade's names for one
 * thing (pull request, diff), short forms (db), and what is asked for by its outcome (recap). General vocabulary of the work that
 * plugins do, none of it of a certain plugin. It is asked only where nothing has the words as they were typed, so that it never
 * stands between a person and what is called so. Each key is a word or two words in folded form; the words that stand for it are
 * sought together, and what has several of them comes first.
 */
export const ALIASES: ReadonlyMap<string, readonly string[]> = new Map(([
  [['excel', 'xls', 'xlsx', 'sheets', 'google sheets', 'ods'], ['spreadsheet', 'csv', 'table', 'tables']],
  [['statistics', 'stats', 'average', 'mean', 'median', 'percentage'], ['figures', 'statistics', 'data', 'tables', 'analysis']],
  [['pivot', 'pivot table', 'aggregate', 'histogram'], ['table', 'tables', 'figures', 'group']],
  [['graph', 'plot', 'diagram', 'visualise', 'visualize'], ['chart', 'charts', 'figures']],
  [['pull request', 'merge request', 'pr', 'patch', 'commit', 'changeset', 'github', 'gitlab'], ['diff', 'diffs', 'code review', 'repository']],
  [['bug', 'bugs', 'debug', 'defect', 'vulnerability', 'vulnerabilities', 'lint'], ['risks', 'review', 'errors', 'security', 'diff']],
  [['source code', 'programming', 'refactor', 'developer'], ['code', 'functions', 'development']],
  [['password', 'passwords', 'credentials', 'api key', 'token', 'leak', 'leaked'], ['secrets', 'secret', 'keys', 'security']],
  [['postgres', 'mysql', 'mariadb', 'oracle', 'db', 'dbms'], ['postgresql', 'sql', 'database', 'databases']],
  [['rest', 'rest client', 'curl', 'postman', 'endpoint', 'webhook', 'graphql'], ['http', 'api', 'request', 'json']],
  [['website', 'webpage', 'web site', 'homepage', 'article', 'blog post'], ['web', 'page', 'pages', 'article']],
  [['google', 'look up', 'find out', 'investigate', 'fact check', 'facts'], ['research', 'researcher', 'sources', 'search']],
  [['recap', 'tldr', 'gist', 'digest', 'summarise', 'summarize', 'shorten', 'abstract'], ['summary', 'summarise', 'summarize', 'sums']],
  [['standup', 'call notes', 'conference call', 'zoom', 'teams'], ['meeting', 'minutes', 'transcript']],
  [['todo', 'to do', 'todos', 'follow up', 'assignments'], ['actions', 'action', 'tasks', 'owner']],
  [['find and replace', 'search and replace'], ['replace', 'text']],
  [['counter', 'characters', 'letters'], ['count', 'counting', 'text']],
  [['mail', 'gmail', 'outlook', 'inbox', 'newsletter'], ['email', 'mail', 'message']],
  [['pdf', 'docx', 'word document', 'paper'], ['document', 'documents', 'pdf']],
  [['picture', 'photo', 'screenshot', 'drawing'], ['image', 'images']],
  [['movie', 'film', 'youtube'], ['video']], [['podcast', 'voice', 'speech', 'dictation'], ['audio', 'transcript']],
  [['bill', 'receipt', 'accounting', 'bookkeeping'], ['invoice', 'finance', 'budget', 'expense']],
  [['lawyer', 'contract', 'agreement', 'gdpr'], ['legal', 'contract', 'policy', 'privacy']],
  [['appointment', 'agenda', 'reminder', 'timetable'], ['calendar', 'schedule', 'plan']],
  [['cv', 'resume', 'job application', 'hiring'], ['recruiting', 'candidate', 'writer']],
  [['slack', 'whatsapp', 'messenger'], ['chat', 'message']], [['helpdesk', 'customer service', 'complaint'], ['support', 'ticket', 'customer']],
  [['twitter', 'linkedin', 'instagram', 'facebook'], ['social', 'post', 'campaign']], [['seo', 'advert', 'advertising', 'ads'], ['marketing', 'campaign', 'content']],
  [['language', 'english', 'german', 'french', 'spanish'], ['translate', 'translation']], [['grammar', 'spelling', 'typos'], ['proofread', 'edit', 'text']],
  [['holiday', 'flight', 'hotel', 'trip'], ['travel', 'booking']], [['kubernetes', 'docker', 'devops', 'server'], ['deploy', 'container', 'cloud', 'infrastructure']],
] as const).flatMap(([keys, words]) => keys.map((key) => [key, words] as const)));

/** No alias has more words. */
export const LONGEST_ALIAS = Math.max(...[...ALIASES.keys()].map((key) => key.split(' ').length));
