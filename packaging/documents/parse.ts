import semver from 'semver';
import {
  badManifest, parseDependency, readAgentsValue, readAgentValue, readBlueprintValue, readCrewValue, readFlowValue, readManifestValue,
  type AgentDocument, type BlueprintDocument, type CrewFile, type FlowDocument, type Manifest, type ManifestProblem,
} from '../../contract/manifest/index.ts';
import { readStrictYaml } from './strict-yaml.ts';

type Source = string | Uint8Array;

const notARange = (path: string, range: string): ManifestProblem[] => (semver.validRange(range) === null
  ? [{ path, expected: 'a range of versions such as >=1.0.0 <2', received: range, message: `${path} should be a range of versions such as >=1.0.0 <2, but is ${JSON.stringify(range)}.` }] : []);

/** Ranges that Troupe resolves by have to be ranges; those of other systems are kept as they are. */
function rangeProblems(manifest: Manifest): ManifestProblem[] {
  const { app_version: appVersion, dependencies } = manifest.plugin.requirements;
  const at = 'plugin.requirements';
  return [
    ...notARange(`${at}.app_version`, appVersion),
    ...dependencies.flatMap((text, index) => {
      const dependency = parseDependency(text);
      return dependency && !dependency.foreign ? notARange(`${at}.dependencies[${index}]`, dependency.range) : [];
    }),
  ];
}

/** A manifest from what its YAML says, with its defaults filled in. @throws AppError `plugins/bad-manifest` */
export function manifestFrom(value: unknown, what: string): Manifest {
  const manifest = readManifestValue(value, what);
  const problems = rangeProblems(manifest);
  if (problems.length > 0) throw badManifest(what, problems);
  return manifest;
}

/**
 * Reads a plugin.yaml and fills in its defaults.
 * @throws AppError `plugins/bad-manifest` with `details.problems`: path, what was expected, what came
 */
export const parseManifest = (source: Source, what = 'plugin.yaml'): Manifest => manifestFrom(readStrictYaml(source, what), what);

/** One agent: `agents/<name>.yaml`. @throws AppError `plugins/bad-manifest` */
export const parseAgentDocument = (source: Source, what = 'The agent document'): AgentDocument => readAgentValue(readStrictYaml(source, what), what);

/** CrewAI's `agents.yaml`, a map of names to agents. @throws AppError `plugins/bad-manifest` */
export const parseAgentsDocument = (source: Source, what = 'agents.yaml'): Record<string, AgentDocument> => readAgentsValue(readStrictYaml(source, what), what);

/** A one-file crew, as it is written. @throws AppError `plugins/bad-manifest` */
export const parseCrewFile = (source: Source, what = 'The crew document'): CrewFile => readCrewValue(readStrictYaml(source, what), what);

/** @throws AppError `plugins/bad-manifest` */
export const parseFlowDocument = (source: Source, what = 'The flow document'): FlowDocument => readFlowValue(readStrictYaml(source, what), what);

/** @throws AppError `plugins/bad-manifest` */
export const parseBlueprintDocument = (source: Source, what = 'The blueprint'): BlueprintDocument => readBlueprintValue(readStrictYaml(source, what), what);
