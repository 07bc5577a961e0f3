import { Skeleton } from '@mantine/core';
import { useModelOptions, type PluginConfiguration } from '../../../bridge/use-configuration.ts';
import { CheckResultView } from '../../../components/configuration-form/check-result.tsx';
import { ConfigurationForm } from '../../../components/configuration-form/configuration-form.tsx';
import { Failure } from '../../../components/failure/failure.tsx';
import { T } from '../../../lib/text.tsx';
import classes from '../team.module.css';

/** What the plugin needs before its agents can work. Folders have a step of their own. */
export function ConfigureStep({ name, configuration }: { name: string; configuration: PluginConfiguration }) {
  const { view, save, removeSecret, saving, error, checkError, checked, checking } = configuration;
  const models = useModelOptions(view.data?.fields.some(({ type }) => type === 'model') ?? false);
  return (
    <div>
      <h3 className={classes.stepTitle}><T id="configuration.forPlugin" values={{ name }} /></h3>
      <p className={classes.help}><T id="configuration.forPluginHelp" /></p>
      {view.isPending ? <Skeleton height={52} /> : null}
      {view.error ? <Failure compact error={view.error} onRetry={() => { void view.refetch(); }} /> : null}
      {view.data ? (
        <ConfigurationForm fields={view.data.fields.filter(({ type }) => type !== 'folder')} models={models} folder={() => null} onSave={save} onRemoveSecret={removeSecret} saving={saving} error={error} saveWords="configuration.saveAndCheck"
          result={checkError ? <Failure compact error={checkError} /> : checked && !checking ? <CheckResultView check={checked} /> : null} />
      ) : null}
    </div>
  );
}
