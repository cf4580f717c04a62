// The app with all that it needs, in one resource group, by identity alone: no key of anything in Azure is used or handed
// out. Where the brokers and the registry know the identity too, there is no vault either.

metadata description = 'ShoeFunctions on Azure Functions Flex Consumption.'

// ---- Names and places ----

@description('What the names of all resources begin with: lower-case letters.')
@minLength(2)
@maxLength(9)
param name string = 'shoes'

@description('Where everything is. Flex Consumption is not in every region: az functionapp list-flexconsumption-locations')
param location string = resourceGroup().location

@description('Tags for every resource.')
param tags object = {}

// ---- Instances ----

@description('Memory of one instance.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int = 512

@description('How many instances there are at most. The timer needs one, and each chunk of a large tick one while it is made.')
@minValue(40)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('How many instances always wait for the timer: 1 makes the first tick after an idle time punctual, and is paid for by the hour.')
@minValue(0)
@maxValue(1)
param alwaysReadyForTimer int = 0

@description('How many instances always wait for chunks of large ticks, and are paid for by the hour; 0 starts them with the first chunk.')
@minValue(0)
@maxValue(1000)
param alwaysReadyForChunks int = 0

// ---- The app's settings, with the code's defaults. What is left out is not set. ----

@description('KAFKA_BOOTSTRAP_SERVERS: brokers as host:port, separated by commas.')
@minLength(3)
param kafkaBootstrapServers string

@description('KAFKA_SECURITY_PROTOCOL: left out, SASL_SSL; with kafkaSaslMechanism none SSL where there is a vault or kafkaSslCa, else PLAINTEXT.')
@allowed(['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'])
param kafkaSecurityProtocol string?

@description('KAFKA_SASL_MECHANISM: left out, OAUTHBEARER with oauthScope, else PLAIN. For a client certificate alone, or no sign-in at all: none.')
@allowed(['none', 'PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512', 'OAUTHBEARER'])
param kafkaSaslMechanism string?

@description('OAUTH_SCOPE: the Microsoft Entra scope of the token for the brokers, api://…/.default')
@maxLength(500)
param oauthScope string?

@description('KAFKA_OAUTH_EXTENSIONS: logicalCluster=lkc-…,identityPoolId=pool-…')
@maxLength(2000)
param kafkaOauthExtensions string?

@description('KAFKA_SSL_CA: the authorities that the brokers\' certificates are checked against, as PEM text; left out, the system\'s.')
@maxLength(30000)
param kafkaSslCa string?

@description('KAFKA_TOPIC: the topic.')
@minLength(1)
@maxLength(249)
param kafkaTopic string = 'js_shoe'

@description('KAFKA_MESSAGE_KEY: what a record\'s key is.')
@allowed(['none', 'id', 'brand'])
param kafkaMessageKey string = 'none'

@description('KAFKA_COMPRESSION: how batches are compressed.')
@allowed(['none', 'gzip', 'snappy', 'lz4', 'zstd'])
param kafkaCompression string = 'gzip'

@description('KAFKA_RETRY_MAX: sends of one message after the first.')
@minValue(0)
@maxValue(1000)
param kafkaRetryMax int = 5

@description('KAFKA_TIMEOUT: the longest wait for one delivery, from 1s to 1h.')
@minLength(2)
@maxLength(20)
param kafkaTimeout string = '30s'

@description('KAFKA_CLIENT_PROPERTIES: further properties of librdkafka, linger.ms=20,…')
@maxLength(5000)
param kafkaClientProperties string?

@description('SCHEMA_REGISTRY_URL: an http or https URL.')
@minLength(8)
param schemaRegistryUrl string

@description('SCHEMA_REGISTRY_OAUTH_SCOPE: the Microsoft Entra scope of the token for the registry, where it has no key.')
@maxLength(500)
param schemaRegistryOauthScope string?

@description('SCHEMA_REGISTRY_LOGICAL_CLUSTER: lsrc-…, sent with the token.')
@maxLength(100)
param schemaRegistryLogicalCluster string?

@description('SCHEMA_REGISTRY_IDENTITY_POOL: pool-…, sent with the token; several separated by commas.')
@maxLength(1000)
param schemaRegistryIdentityPool string?

@description('SCHEMA_REGISTRY_SSL_CA: as kafkaSslCa, for the registry.')
@maxLength(30000)
param schemaRegistrySslCa string?

@description('SCHEMA_AUTO_REGISTER: register the schema where the subject lacks it, else only look it up.')
param schemaAutoRegister bool = true

@description('PRODUCE_SCHEDULE: a six-field NCRONTAB expression, UTC.')
@minLength(11)
@maxLength(200)
param produceSchedule string = '*/10 * * * * *'

@description('MESSAGE_INTERVAL: one shoe each so long, averaged over the ticks. Not set where batchSize is.')
@minLength(2)
@maxLength(30)
param messageInterval string = '1s'

@description('BATCH_SIZE: shoes a tick, instead of messageInterval.')
@minValue(1)
@maxValue(1048576)
param batchSize int?

@description('LOAD_CURVE: by how many times the rate is more or less over the day, UTC: 00:00=0.2,08:00=1,20:00=3.')
@maxLength(10000)
param loadCurve string?

@description('LOAD_WEEK: the same of weekdays: sat=1.5,sun=0.5.')
@maxLength(200)
param loadWeek string?

@description('LOAD_SPIKES: the same for some time: 2026-11-27T08:00:00Z/1h=5.')
@maxLength(10000)
param loadSpikes string?

@description('DELIVERY: at-least-once, or exactly-once: each tick is a transaction, with the transactional id and the consumer group shoes-TOPIC. Not together with fanOutAbove.')
@allowed(['at-least-once', 'exactly-once'])
param delivery string = 'at-least-once'

@description('CATCH_UP_LIMIT: missed ticks made up for at most.')
@minValue(0)
@maxValue(100000)
param catchUpLimit int = 60

@description('FAN_OUT_ABOVE: ticks with more shoes are split into chunks, which up to maximumInstanceCount instances make; 0 is never.')
@minValue(0)
@maxValue(1048576)
param fanOutAbove int = 0

@description('FAN_OUT_CHUNK: shoes a chunk. An instance makes one chunk at a time: host.json says so, and Flex Consumption has no setting for it.')
@minValue(1)
@maxValue(1048576)
param fanOutChunk int = 50000

@description('SHOE_SEED: another seed, other shoes.')
@minLength(1)
@maxLength(20)
param shoeSeed string = '0'

@description('FAULTS: what is wrong with shoes on purpose, as late=0.5%,repeated=0.2%; the kinds are late, repeated, corrupt, missing, outlier and reordered.')
@minLength(6)
@maxLength(200)
param faults string?

@description('FAULT_LATENESS: how much older than its tick a late shoe\'s timestamp is at most.')
@minLength(2)
@maxLength(30)
param faultLateness string = '15m'

@description('FAULT_LABELS: name the faults in the header shoe-fault.')
param faultLabels bool = false

@description('SERIALIZER: engine, or confluent for subjects with data-contract rules.')
@allowed(['engine', 'confluent'])
param serializer string = 'engine'

@description('ALLOW_INSECURE: let credentials go without TLS.')
param allowInsecure bool = false

@description('LOG_LEVEL: what the app logs.')
@allowed(['trace', 'debug', 'info', 'warn', 'error', 'critical'])
param logLevel string = 'info'

@description('ENABLE_METRICS: send metrics and traces to Application Insights.')
param enableMetrics bool = true

// ---- Credentials: written to the vault where they are given, and kept there where not ----

@description('Whether there is a vault: unless the identity\'s tokens are all that brokers and registry ask for. Not worked out from the credentials: later deployments are given none.')
param keyVault bool = empty(oauthScope) || !contains(['', 'OAUTHBEARER'], kafkaSaslMechanism ?? '') || empty(schemaRegistryOauthScope)

@description('The cluster\'s API key.')
@secure()
param kafkaApiKey string = ''

@description('The cluster\'s API secret.')
@secure()
param kafkaApiSecret string = ''

@description('A client certificate for the brokers, as PEM text.')
@secure()
param kafkaSslCertificate string = ''

@description('Its key, as PEM text.')
@secure()
param kafkaSslKey string = ''

@description('The password that the key is encrypted with.')
@secure()
param kafkaSslKeyPassword string = ''

@description('The registry\'s API key.')
@secure()
param schemaRegistryApiKey string = ''

@description('The registry\'s API secret.')
@secure()
param schemaRegistryApiSecret string = ''

@description('A client certificate for the registry, as PEM text.')
@secure()
param schemaRegistrySslCertificate string = ''

@description('Its key, as PEM text.')
@secure()
param schemaRegistrySslKey string = ''

@description('The password that the key is encrypted with.')
@secure()
param schemaRegistrySslKeyPassword string = ''

// ---- Safety and watching ----

@description('A deleted vault cannot be purged before its 90 days are over. This cannot be undone.')
param vaultPurgeProtection bool = false

@description('Storage and vault answer only in a virtual network, which the app is put into. Costs by the hour, and needs the provider Microsoft.App registered in the subscription.')
param privateNetwork bool = false

@description('How many days logs are kept.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 30

@description('The alert fires when no tick was recorded for so many minutes: more than the schedule\'s longest pause.')
@allowed([10, 15, 30, 45, 60, 120, 360, 1440])
param alertWithoutTickMinutes int = 15

@description('The alert fires when so many runs failed in the same time.')
@minValue(1)
@maxValue(1000)
param alertFailedRuns int = 3

@description('Who is told of alerts by e-mail; left out, they are only shown in the portal.')
param alertEmail string?

// ---- What follows ----

var token = uniqueString(resourceGroup().id, name)
var appName = '${name}-${token}'
var vaultName = '${name}-${token}'
var packageContainer = 'app-package'
var timerFunction = 'ProduceShoes'
var chunkFunction = 'ProduceChunk'
var chunkQueues = ['shoe-chunks', 'shoe-chunks-poison']

// A test holds this list against the settings that the code reads. Empty ones are not passed on.
var appSettings = {
  KAFKA_BOOTSTRAP_SERVERS: kafkaBootstrapServers
  KAFKA_SECURITY_PROTOCOL: kafkaSecurityProtocol ?? ''
  KAFKA_SASL_MECHANISM: kafkaSaslMechanism ?? ''
  OAUTH_SCOPE: oauthScope ?? ''
  KAFKA_OAUTH_EXTENSIONS: kafkaOauthExtensions ?? ''
  KAFKA_SSL_CA: kafkaSslCa ?? ''
  KAFKA_TOPIC: kafkaTopic
  KAFKA_MESSAGE_KEY: kafkaMessageKey
  KAFKA_COMPRESSION: kafkaCompression
  KAFKA_RETRY_MAX: string(kafkaRetryMax)
  KAFKA_TIMEOUT: kafkaTimeout
  KAFKA_CLIENT_PROPERTIES: kafkaClientProperties ?? ''
  SCHEMA_REGISTRY_URL: schemaRegistryUrl
  SCHEMA_REGISTRY_OAUTH_SCOPE: schemaRegistryOauthScope ?? ''
  SCHEMA_REGISTRY_LOGICAL_CLUSTER: schemaRegistryLogicalCluster ?? ''
  SCHEMA_REGISTRY_IDENTITY_POOL: schemaRegistryIdentityPool ?? ''
  SCHEMA_REGISTRY_SSL_CA: schemaRegistrySslCa ?? ''
  SCHEMA_AUTO_REGISTER: toLower(string(schemaAutoRegister))
  PRODUCE_SCHEDULE: produceSchedule
  MESSAGE_INTERVAL: batchSize == null ? messageInterval : ''
  BATCH_SIZE: batchSize == null ? '' : string(batchSize!)
  LOAD_CURVE: loadCurve ?? ''
  LOAD_WEEK: loadWeek ?? ''
  LOAD_SPIKES: loadSpikes ?? ''
  DELIVERY: delivery
  CATCH_UP_LIMIT: string(catchUpLimit)
  FAN_OUT_ABOVE: string(fanOutAbove)
  FAN_OUT_CHUNK: string(fanOutChunk)
  SHOE_SEED: shoeSeed
  FAULTS: faults ?? ''
  FAULT_LATENESS: faultLateness
  FAULT_LABELS: toLower(string(faultLabels))
  SERIALIZER: serializer
  ALLOW_INSECURE: toLower(string(allowInsecure))
  LOG_LEVEL: logLevel
  ENABLE_METRICS: toLower(string(enableMetrics))
}

// Under the names that the app looks for: the setting's, in kebab-case.
var given = [
  { name: 'kafka-api-key', value: kafkaApiKey }
  { name: 'kafka-api-secret', value: kafkaApiSecret }
  { name: 'kafka-ssl-certificate', value: kafkaSslCertificate }
  { name: 'kafka-ssl-key', value: kafkaSslKey }
  { name: 'kafka-ssl-key-password', value: kafkaSslKeyPassword }
  { name: 'schema-registry-api-key', value: schemaRegistryApiKey }
  { name: 'schema-registry-api-secret', value: schemaRegistryApiSecret }
  { name: 'schema-registry-ssl-certificate', value: schemaRegistrySslCertificate }
  { name: 'schema-registry-ssl-key', value: schemaRegistrySslKey }
  { name: 'schema-registry-ssl-key-password', value: schemaRegistrySslKeyPassword }
]

// Without a vault they would get lost.
var credentials = keyVault
  ? given
  : empty(join(map(given, credential => credential.value), ''))
      ? []
      : fail('There is no vault for the credentials: tokens are all that is asked for. Unset the credentials, or set keyVault = true.')

// All that the app's identity may do, and why.
var roles = [
  // The host's leases and keys, and the package that it runs.
  { on: 'storage', role: 'Storage Blob Data Owner', id: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b' }
  // The progress: tables ShoeProgress and ShoeChunks.
  { on: 'storage', role: 'Storage Table Data Contributor', id: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3' }
  // The chunks of large ticks: queue shoe-chunks, and what lies in its poison queue.
  { on: 'storage', role: 'Storage Queue Data Contributor', id: '974c5e8b-45b9-4653-ba55-5f855dd0fb88' }
  // The credentials: reading, not writing.
  { on: 'vault', role: 'Key Vault Secrets User', id: '4633458b-17de-408a-b874-0445c86b69e6' }
  // Telemetry without a key.
  { on: 'insights', role: 'Monitoring Metrics Publisher', id: '3913510d-42f4-4e42-8a64-420c390055eb' }
]

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: '${name}-app'
  location: location
  tags: tags
}

resource storage 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: '${name}${token}'
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: 'Standard_LRS' }
  properties: {
    allowSharedKeyAccess: false
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: privateNetwork ? 'Disabled' : 'Enabled'
    networkAcls: { defaultAction: privateNetwork ? 'Deny' : 'Allow', bypass: 'None' }
  }

  resource blobs 'blobServices' = {
    name: 'default'

    resource package 'containers' = {
      name: packageContainer
      properties: { publicAccess: 'None' }
    }
  }

  resource queues 'queueServices' = {
    name: 'default'
  }
}

// Both are there before the first large tick: the app only has to put messages into one, and count those in the other.
resource chunks 'Microsoft.Storage/storageAccounts/queueServices/queues@2024-01-01' = [
  for queue in chunkQueues: {
    parent: storage::queues
    name: queue
  }
]

resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {
  name: '${name}-logs'
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: logRetentionDays
    features: { disableLocalAuth: true }
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: '${name}-insights'
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    DisableLocalAuth: true
  }
}

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = if (keyVault) {
  name: vaultName
  location: location
  tags: tags
  properties: {
    tenantId: subscription().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 90
    // Null and not false: protection that is on cannot be taken back, and false is refused.
    enablePurgeProtection: vaultPurgeProtection ? true : null
    publicNetworkAccess: privateNetwork ? 'Disabled' : 'Enabled'
    // Resource Manager writes the secrets, as one of the services that Azure trusts.
    networkAcls: { defaultAction: privateNetwork ? 'Deny' : 'Allow', bypass: 'AzureServices' }
  }
}

resource secrets 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = [
  for credential in credentials: if (!empty(credential.value)) {
    parent: vault
    name: credential.name
    properties: { value: credential.value }
  }
]

resource storageRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in filter(roles, role => role.on == 'storage'): {
    scope: storage
    name: guid(storage.id, identity.id, role.id)
    properties: {
      principalId: identity.properties.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role.id)
    }
  }
]

resource vaultRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in filter(roles, role => role.on == 'vault'): if (keyVault) {
    scope: vault
    name: guid(vault.id, identity.id, role.id)
    properties: {
      principalId: identity.properties.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role.id)
    }
  }
]

resource insightsRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in filter(roles, role => role.on == 'insights'): {
    scope: insights
    name: guid(insights.id, identity.id, role.id)
    properties: {
      principalId: identity.properties.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role.id)
    }
  }
]

module network 'network.bicep' = if (privateNetwork) {
  name: 'network'
  params: {
    name: name
    location: location
    tags: tags
    storageId: storage.id
    vaultId: keyVault ? vault.id : null
  }
}

resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  name: '${name}-plan'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { tier: 'FlexConsumption', name: 'FC1' }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2024-11-01' = {
  name: appName
  location: location
  tags: tags
  kind: 'functionapp,linux'
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identity.id}': {} } }
  // Without its rights it would not start, and with user-assigned identities they can be there before it.
  dependsOn: [storageRoles, vaultRoles, insightsRoles, secrets, chunks]
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    clientAffinityEnabled: false
    virtualNetworkSubnetId: privateNetwork ? network!.outputs.appSubnetId : null
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      ftpsState: 'Disabled'
    }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${storage.properties.primaryEndpoints.blob}${packageContainer}'
          authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identity.id }
        }
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        alwaysReady: filter(
          [
            { name: 'function:${timerFunction}', instanceCount: alwaysReadyForTimer }
            { name: 'function:${chunkFunction}', instanceCount: alwaysReadyForChunks }
          ],
          ready => ready.instanceCount > 0
        )
      }
      // '10.0' and not '10': with the latter every instance fails to start (Azure/Azure-Functions#2666).
      runtime: { name: 'dotnet-isolated', version: '10.0' }
    }
  }

  resource settings 'config' = {
    name: 'appsettings'
    // No FUNCTIONS_WORKER_RUNTIME: Flex Consumption refuses it, and knows the runtime from above.
    properties: union(
      toObject(
        filter(items(appSettings), setting => !empty(setting.value)),
        setting => setting.key,
        setting => setting.value
      ),
      keyVault ? { KEY_VAULT_URI: vault!.properties.vaultUri } : {},
      {
        AZURE_CLIENT_ID: identity.properties.clientId
        // The host's start page tells strangers what runs here.
        AzureWebJobsDisableHomepage: 'true'
        // The name comes first for the host, which with addresses alone fails now and then at its start (Azure/azure-functions-host#11787).
        AzureWebJobsStorage__accountName: storage.name
        AzureWebJobsStorage__queueServiceUri: storage.properties.primaryEndpoints.queue
        AzureWebJobsStorage__credential: 'managedidentity'
        AzureWebJobsStorage__clientId: identity.properties.clientId
        APPLICATIONINSIGHTS_CONNECTION_STRING: insights.properties.ConnectionString
        APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'Authorization=AAD;ClientId=${identity.properties.clientId}'
      }
    )
  }

  // Deployments sign in with their own identity.
  resource ftpPasswords 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }

  resource scmPasswords 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }
}

module alerts 'alerts.bicep' = {
  name: 'alerts'
  params: {
    name: name
    location: location
    tags: tags
    workspaceId: workspace.id
    timerFunction: timerFunction
    deliveringFunction: fanOutAbove == 0 ? timerFunction : chunkFunction
    withoutTickMinutes: alertWithoutTickMinutes
    failedRuns: alertFailedRuns
    email: alertEmail
  }
}

@description('The function app\'s name.')
output appName string = app.name

@description('Where it answers: https://<host name>/api/health')
output hostName string = app.properties.defaultHostName

@description('The vault that holds the credentials, or nothing.')
output vaultName string = keyVault ? vault.name : ''
