using 'main.bicep'

// From the environment, so that nothing of it is in the repository. Everything else has the code's default: see
// main.bicep, and set here what is to differ.
param kafkaBootstrapServers = readEnvironmentVariable('KAFKA_BOOTSTRAP_SERVERS')
param schemaRegistryUrl = readEnvironmentVariable('SCHEMA_REGISTRY_URL')

// Where they are not set, the app is not given them either. deploy.yml sets them from the repository's variables, so that a
// push deploys what was deployed by hand.
var saslMechanism = readEnvironmentVariable('KAFKA_SASL_MECHANISM', '')
param kafkaSaslMechanism = empty(saslMechanism) ? null : saslMechanism
param oauthScope = readEnvironmentVariable('OAUTH_SCOPE', '')
param kafkaOauthExtensions = readEnvironmentVariable('KAFKA_OAUTH_EXTENSIONS', '')
param kafkaSslCa = readEnvironmentVariable('KAFKA_SSL_CA', '')
param kafkaClientProperties = readEnvironmentVariable('KAFKA_CLIENT_PROPERTIES', '')
param schemaRegistryOauthScope = readEnvironmentVariable('SCHEMA_REGISTRY_OAUTH_SCOPE', '')
param schemaRegistryLogicalCluster = readEnvironmentVariable('SCHEMA_REGISTRY_LOGICAL_CLUSTER', '')
param schemaRegistryIdentityPool = readEnvironmentVariable('SCHEMA_REGISTRY_IDENTITY_POOL', '')
param schemaRegistrySslCa = readEnvironmentVariable('SCHEMA_REGISTRY_SSL_CA', '')

// Only where they are to be written: left out, the vault keeps what it holds.
param kafkaApiKey = readEnvironmentVariable('KAFKA_API_KEY', '')
param kafkaApiSecret = readEnvironmentVariable('KAFKA_API_SECRET', '')
param kafkaSslCertificate = readEnvironmentVariable('KAFKA_SSL_CERTIFICATE', '')
param kafkaSslKey = readEnvironmentVariable('KAFKA_SSL_KEY', '')
param kafkaSslKeyPassword = readEnvironmentVariable('KAFKA_SSL_KEY_PASSWORD', '')
param schemaRegistryApiKey = readEnvironmentVariable('SCHEMA_REGISTRY_API_KEY', '')
param schemaRegistryApiSecret = readEnvironmentVariable('SCHEMA_REGISTRY_API_SECRET', '')
param schemaRegistrySslCertificate = readEnvironmentVariable('SCHEMA_REGISTRY_SSL_CERTIFICATE', '')
param schemaRegistrySslKey = readEnvironmentVariable('SCHEMA_REGISTRY_SSL_KEY', '')
param schemaRegistrySslKeyPassword = readEnvironmentVariable('SCHEMA_REGISTRY_SSL_KEY_PASSWORD', '')
