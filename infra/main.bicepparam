using 'main.bicep'

// From the environment, so that nothing of it is in the repository. Everything else has the code's default: see
// main.bicep, and set here what is to differ.
param kafkaBootstrapServers = readEnvironmentVariable('KAFKA_BOOTSTRAP_SERVERS')
param schemaRegistryUrl = readEnvironmentVariable('SCHEMA_REGISTRY_URL')

// Only where they are to be written: left out, the vault keeps what it holds.
param kafkaApiKey = readEnvironmentVariable('KAFKA_API_KEY', '')
param kafkaApiSecret = readEnvironmentVariable('KAFKA_API_SECRET', '')
param schemaRegistryApiKey = readEnvironmentVariable('SCHEMA_REGISTRY_API_KEY', '')
param schemaRegistryApiSecret = readEnvironmentVariable('SCHEMA_REGISTRY_API_SECRET', '')
