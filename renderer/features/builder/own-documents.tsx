import { Link } from 'react-router';
import { useCall } from '../../bridge/use-call.ts';
import { Failure } from '../../components/failure/failure.tsx';
import { T, useText } from '../../lib/text.tsx';
import classes from './builder.module.css';

/** The documents of an agent of one's own: the preview and everybody hired from it look into them. */
export function OwnDocuments({ id }: { id: string }) {
  const t = useText();
  const list = useCall('knowledge', 'list', { scope: 'own', scopeId: id });
  return (
    <div role="group" aria-label={t('builder.field.knowledge')}>
      <div className={classes.label}><T id="builder.field.knowledge" /></div>
      <p className={classes.quiet}><T id="builder.help.knowledge" /></p>
      {list.error ? <Failure compact error={list.error} onRetry={() => { void list.refetch(); }} /> : null}
      {list.data?.documents.map(({ id: document, name }) => <div key={document}><Link className={classes.textLink} to={`/knowledge/${document}`}>{name}</Link></div>)}
      <Link className={classes.textLink} to={`/knowledge?of=own:${id}`}><T id="builder.documents" values={{ count: list.data?.documents.length ?? 0 }} /></Link>
    </div>
  );
}
