import { definePlugin } from '../../../sdk/index.ts';
import { readPage, summarizePage } from './page.ts';
import { checkQuotes, findQuotes, quotesIn } from './quotes.ts';

export default definePlugin({
  tools: { read_page: readPage, summarize_page: summarizePage, find_quotes: findQuotes, check_quotes: checkQuotes },
  healthCheck: () => ({ ok: quotesIn('The harbour opens in May.', 'When does the harbour open?', 1)[0]?.quote === 'The harbour opens in May.' }),
});
