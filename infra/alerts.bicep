// Three alerts, on what the workspace holds of the timer's runs and the chunks'.
//
// A run leaves a trace in several places, and in which depends on the telemetry that host and worker agree on: the
// host's own line on each run is dropped where the worker exports by itself, a request may be a dependency instead
// (Azure/azure-functions-dotnet-worker#3513), and the app's line on each tick (events 100 and 101) needs LOG_LEVEL info.
// So all of them are asked. A run that succeeds has written down every tick that was due; where large ticks are split it may
// only have put their chunks into the queue, and a chunk's run says whether shoes arrive.

@description('What the names begin with.')
param name string

@description('Where the rules are.')
param location string

@description('Tags for every resource.')
param tags object

@description('The Log Analytics workspace that is asked.')
param workspaceId string

@description('The function whose runs are counted.')
param timerFunction string

@description('The function whose runs deliver: the timer, or the queue where large ticks are split.')
param deliveringFunction string

@description('Fire when no tick was recorded for so long.')
@minValue(10)
@maxValue(1440)
param withoutTickMinutes int

@description('Fire when so many runs failed in that time.')
@minValue(1)
param failedRuns int

@description('Who is notified, or nobody.')
param email string?

var window = withoutTickMinutes == 1440 ? 'P1D' : 'PT${withoutTickMinutes}M'

var rules = [
  {
    name: '${name}-no-tick'
    severity: 1
    description: 'No tick was recorded for ${withoutTickMinutes} minutes: no shoes arrive. See /api/health, and docs/deploy.md.'
    query: '''
      union isfuzzy=true AppTraces, AppRequests, AppDependencies
      | where Message startswith "Executed 'Functions.{1}' (Succeeded"
          or Message matches regex @"tick \S+ +[\d,]+ shoes? delivered"
          or (Properties.CategoryName startswith "ShoeFunctions.Engine." and Properties.EventId == "100")
          or ((Name has "{1}" or Name startswith "send ") and Success == true)
      | summarize Runs = count()
    '''
    operator: 'LessThan'
    threshold: 1
  }
  {
    name: '${name}-failed-runs'
    severity: 2
    description: '${failedRuns} or more runs failed within ${withoutTickMinutes} minutes: the missed ticks are made up for once they succeed. See /api/health.'
    // One run is in several places: the place that has most counts.
    query: '''
      union isfuzzy=true AppTraces, AppRequests, AppDependencies
      | extend Place = case(
          Message startswith "Executed 'Functions.{0}' (Failed", "host",
          Message matches regex @"tick \S+ +[\d,]+ of [\d,]+ shoes? delivered", "app",
          Properties.CategoryName startswith "ShoeFunctions.Engine." and Properties.EventId == "101", "app",
          Name has "{0}" and Success == false, Type,
          "")
      | where Place != ""
      | summarize Runs = count() by Place
      | summarize Runs = max(Runs)
    '''
    operator: 'GreaterThanOrEqual'
    threshold: failedRuns
  }
  {
    name: '${name}-chunks'
    severity: 2
    description: 'A chunk of a large tick has failed as often as the platform tries it, or a tick waits because too many are open. See /api/health, and docs/deploy.md.'
    // The host's own line (Host.Triggers.Queue) is of a chunk whose host died each time: no run of ours ends then. The account's metric
    // QueueMessageCount would not do: it counts all queues together, once an hour.
    query: '''
      union isfuzzy=true AppTraces, AppRequests, AppDependencies
      | where Message has "shoe-chunks-poison"
          or (Properties.CategoryName startswith "ShoeFunctions.Engine." and Properties.EventId in ("111", "123"))
      | summarize Runs = count()
    '''
    operator: 'GreaterThanOrEqual'
    threshold: 1
  }
]

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = if (!empty(email)) {
  name: '${name}-alerts'
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: take(name, 12)
    emailReceivers: [{ name: 'owner', emailAddress: email ?? '', useCommonAlertSchema: true }]
  }
}

resource alerts 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for rule in rules: {
    name: rule.name
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      description: rule.description
      severity: rule.severity
      enabled: true
      scopes: [workspaceId]
      evaluationFrequency: 'PT5M'
      windowSize: window
      autoMitigate: true
      // A new workspace has no tables yet.
      skipQueryValidation: true
      criteria: {
        allOf: [
          {
            query: format(rule.query, timerFunction, deliveringFunction)
            metricMeasureColumn: 'Runs'
            timeAggregation: 'Total'
            operator: rule.operator
            threshold: rule.threshold
            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
          }
        ]
      }
      actions: { actionGroups: empty(email) ? [] : [people.id] }
    }
  }
]
