import { useParams } from 'react-router';
import { AgentEditor } from './agent-editor.tsx';
import { AgentList } from './agent-list.tsx';

/** `/builder` (`?new=1` opens the beginnings); `/builder/<agent>` (`?tab=versions`). */
export function BuilderScreen() {
  const { '*': id = '' } = useParams();
  return id === '' ? <AgentList /> : <AgentEditor key={id} id={id} />;
}
