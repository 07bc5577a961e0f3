import { useParams } from 'react-router';
import { DocumentScreen } from './document-screen.tsx';
import { KnowledgeList } from './knowledge-list.tsx';

/** `/knowledge`; `/knowledge/<document>?at=<passage>` opens one at the place. */
export function KnowledgeScreen() {
  const { id } = useParams();
  return id === undefined ? <KnowledgeList /> : <DocumentScreen key={id} id={id} />;
}
