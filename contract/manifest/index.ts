/** The plugin manifest, its documents and the catalog's records: what packaging, core, registry and authors agree on. */
export { AGENT_FIELDS, agentDocumentSchema, agentsMapSchema, type AgentDocument } from './agent-document.ts';
export { effectSchema, type ManifestCapabilities, type ToolCapability, type ToolEffect } from './capabilities-1-0.ts';
export {
  catalogBlobSchema, catalogCategoriesSchema, catalogCollectionsSchema, catalogDeltaHeadSchema, catalogRecordSchema, catalogRecordVersionSchema, catalogReviewsSchema, catalogStatsSchema, MOST_REVIEWS, pluginReviewSchema, pluginStatsSchema, publicKeySchema, publisherSignatureSchema, revokedVersionsSchema,
  type CatalogBlob, type CatalogCategory, type CatalogCollection, type CatalogRecord, type CatalogRecordVersion, type CatalogReviews, type CatalogStats, type PluginReview, type PluginStats, type PublicKeyRecord, type PublisherSignature, type RevokedVersion,
} from './catalog-record.ts';
export { type ConfigurationEntry } from './configuration-1-0.ts';
export { crewFileSchema, DEFAULT_EXPECTED_OUTPUT, taskSchema, type CrewDocument, type CrewFile, type TaskDocument } from './crew-document.ts';
export { parseDependency, type Dependency } from './dependency.ts';
export { type BlueprintDocument, type FlowDocument } from './flow-document.ts';
export { guardrailsOf, PERSONAL_DATA, type GuardrailRule, type PersonalDataKind } from './guardrail.ts';
export { type JsonSchema } from './json-schema-shape.ts';
export { manifestSchema, type Manifest } from './manifest-1-0.ts';
export { formatNetworkTarget, originOf, isPrivateHost, parseConfiguredHosts, parseNetworkTarget, readHosts, type NetworkTarget } from './network-target.ts';
export { bytesOfSize, type ManifestPermissions } from './permissions-1-0.ts';
export { permissionsOf } from './permissions-of.ts';
export { type Pricing } from './pricing-1-0.ts';
export { formatPath, problemsOf, type ManifestProblem } from './problems.ts';
export { badManifest, readAgentsValue, readAgentValue, readBlueprintValue, readCrewValue, readFlowValue, readManifestValue } from './read-value.ts';
export { surelyFits } from './surely-fits.ts';
