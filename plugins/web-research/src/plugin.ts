import { definePlugin } from '../../../sdk/index.ts';
import { formatCitation } from './citation.ts';
import { fetchPage, searchWikipedia } from './pages.ts';
import { listSources } from './sources.ts';

export default definePlugin({
  tools: { search_wikipedia: searchWikipedia, fetch_page: fetchPage, format_citation: formatCitation, list_sources: listSources },
  healthCheck: () => ({ ok: formatCitation({ title: 'A title' }).citation === '[1] A title' }),
});
