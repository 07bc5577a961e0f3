import { definePlugin } from '../../../../../sdk/index.ts';
import { formatCitation } from '../../../src/citation.ts';
import { fetchPage, searchWikipedia } from './pages.ts';

export default definePlugin({
  tools: { search_wikipedia: searchWikipedia, fetch_page: fetchPage, format_citation: formatCitation },
  healthCheck: () => ({ ok: formatCitation({ title: 'A title' }).citation === '[1] A title' }),
});
