// Prints records of a topic, each as a line of JSON, decoded by Confluent's deserialiser: the first COUNT, waiting
// for them where needed, or all that are there. Of a value that cannot be read, why, in place of the shoe.
// usage: node read-topic.mjs BOOTSTRAP_SERVERS SCHEMA_REGISTRY_URL TOPIC [COUNT]
import { ProtobufDeserializer, SchemaRegistryClient, SerdeType } from '@confluentinc/schemaregistry';
import { Kafka, logLevel } from 'kafkajs';

const [bootstrapServers, registryUrl, topic, count] = process.argv.slice(2);
const registry = SchemaRegistryClient.newClient({ baseURLs: [registryUrl.replace(/\/$/, '')] });
const deserializer = new ProtobufDeserializer(registry, SerdeType.VALUE, {});
const kafka = new Kafka({ clientId: 'end-to-end', brokers: bootstrapServers.split(','), logLevel: logLevel.ERROR });
const consumer = kafka.consumer({ groupId: 'end-to-end', maxWaitTimeInMs: 100 });

let resolve, reject;
const done = new Promise((onDone, onError) => { resolve = onDone; reject = onError; });
let left = count ? Number(count) : await countAll();

await consumer.connect();
await consumer.subscribe({ topic, fromBeginning: true });
consumer.on(consumer.events.CRASH, event => reject(event.payload.error));
await consumer.run({
  eachMessage: async ({ partition, message }) => {
    const { shoe, fault } = await deserializer.deserialize(topic, message.value).then(shoe => ({ shoe }), error => ({ fault: String(error) }));
    const headers = Object.fromEntries(Object.entries(message.headers).map(([name, value]) => [name, value.toString('utf8')]));
    console.log(JSON.stringify({
      partition,
      offset: Number(message.offset),
      timestampMs: Number(message.timestamp),
      key: message.key?.toString('utf8') ?? null,
      headers,
      value: message.value.toString('base64'),
      shoe: shoe && { id: String(shoe.id), brand: shoe.brand, name: shoe.name, salePrice: String(shoe.salePrice), rating: shoe.rating },
      type: shoe?.$typeName,
      fault,
    }));
    if (--left <= 0) resolve();
  },
});
await done;
await consumer.disconnect();

async function countAll() {
  const admin = kafka.admin();
  await admin.connect();
  const partitions = await admin.fetchTopicOffsets(topic);
  await admin.disconnect();
  return partitions.reduce((sum, partition) => sum + Number(partition.high) - Number(partition.low), 0);
}
