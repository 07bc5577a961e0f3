import { useCall, useChange } from '../../bridge/use-call.ts';
import { useModelOptions } from '../../bridge/use-configuration.ts';
import { ConfigurationForm } from '../../components/configuration-form/configuration-form.tsx';
import { Failure } from '../../components/failure/failure.tsx';
import { T } from '../../lib/text.tsx';
import classes from './team.module.css';

/** What this agent has in place of its plugin's configuration; nothing where there is nothing to set. */
export function OwnValues({ hireId }: { hireId: string }) {
  const view = useCall('team', 'configuration', { id: hireId });
  const configure = useChange('team', 'configure');
  const models = useModelOptions(view.data?.fields.some(({ type }) => type === 'model') ?? false);
  if (view.error) return <Failure compact error={view.error} onRetry={() => { void view.refetch(); }} />;
  if (!view.data || view.data.fields.length === 0) return null;
  // What the plugin lacks is asked for at the plugin: nothing is required of one agent.
  const fields = view.data.fields.map((field) => ({ ...field, required: false }));
  return (
    <div>
      <h3 className={classes.stepTitle}><T id="configuration.own" /></h3>
      <p className={classes.help}><T id="configuration.ownHelp" /></p>
      <ConfigurationForm fields={fields} models={models} folder={() => null} saving={configure.isPending} error={configure.error} saveWords="configuration.save"
        onSave={({ set, reset }) => configure.mutateAsync({ id: hireId, set, reset })} onRemoveSecret={() => undefined} />
    </div>
  );
}
