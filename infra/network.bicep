// A virtual network for the app, with private endpoints for its storage and, where there is one, its vault.

@description('What the names begin with.')
param name string

@description('Where it is.')
param location string

@description('Tags for every resource.')
param tags object

@description('The storage account.')
param storageId string

@description('The vault, or none.')
param vaultId string?

var endpoints = [
  { name: 'blob', of: storageId, group: 'blob', zone: 'privatelink.blob.${environment().suffixes.storage}' }
  { name: 'queue', of: storageId, group: 'queue', zone: 'privatelink.queue.${environment().suffixes.storage}' }
  { name: 'table', of: storageId, group: 'table', zone: 'privatelink.table.${environment().suffixes.storage}' }
  // The zone's name is not the vaults' own suffix; Azure documents it for the public cloud.
  ...(empty(vaultId) ? [] : [{ name: 'vault', of: vaultId!, group: 'vault', zone: 'privatelink.vaultcore.azure.net' }])
]

resource network 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: '${name}-network'
  location: location
  tags: tags
  properties: { addressSpace: { addressPrefixes: ['10.20.0.0/24'] } }

  resource appSubnet 'subnets' = {
    name: 'app'
    properties: {
      addressPrefix: '10.20.0.0/26'
      delegations: [{ name: 'flex', properties: { serviceName: 'Microsoft.App/environments' } }]
    }
  }

  resource endpointSubnet 'subnets' = {
    name: 'endpoints'
    // Azure changes one subnet of a network at a time.
    dependsOn: [appSubnet]
    properties: { addressPrefix: '10.20.0.64/27', privateEndpointNetworkPolicies: 'Disabled' }
  }
}

resource zones 'Microsoft.Network/privateDnsZones@2024-06-01' = [
  for endpoint in endpoints: {
    name: endpoint.zone
    location: 'global'
    tags: tags
  }
]

resource links 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [
  for (endpoint, i) in endpoints: {
    parent: zones[i]
    name: '${name}-${endpoint.name}'
    location: 'global'
    tags: tags
    properties: { registrationEnabled: false, virtualNetwork: { id: network.id } }
  }
]

resource privateEndpoints 'Microsoft.Network/privateEndpoints@2024-05-01' = [
  for endpoint in endpoints: {
    name: '${name}-${endpoint.name}'
    location: location
    tags: tags
    properties: {
      subnet: { id: network::endpointSubnet.id }
      privateLinkServiceConnections: [
        { name: endpoint.name, properties: { privateLinkServiceId: endpoint.of, groupIds: [endpoint.group] } }
      ]
    }
  }
]

resource records 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2024-05-01' = [
  for (endpoint, i) in endpoints: {
    parent: privateEndpoints[i]
    name: 'default'
    properties: { privateDnsZoneConfigs: [{ name: endpoint.name, properties: { privateDnsZoneId: zones[i].id } }] }
  }
]

@description('The subnet that the app is put into. It can reach the endpoints once this is known.')
output appSubnetId string = network::appSubnet.id
