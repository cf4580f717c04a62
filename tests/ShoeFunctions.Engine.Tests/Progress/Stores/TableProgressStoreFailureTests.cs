using System.Diagnostics;
using Azure;
using Azure.Identity;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Time.Testing;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Progress;
using ShoeFunctions.Engine.Progress.Stores;
using ShoeFunctions.Engine.Tests.Processes;
using static ShoeFunctions.Engine.Tests.Progress.ProgressStates;

namespace ShoeFunctions.Engine.Tests.Progress.Stores;

public sealed class TableProgressStoreFailureTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(401, "InvalidAuthenticationInfo", FailureKind.Authentication, false)]
    [InlineData(403, "AuthenticationFailed", FailureKind.Authentication, false)]
    [InlineData(403, "KeyBasedAuthenticationNotPermitted", FailureKind.Authentication, false)]
    [InlineData(403, "AuthorizationPermissionMismatch", FailureKind.Authorization, false)]
    [InlineData(403, "AuthorizationFailure", FailureKind.Authorization, false)]
    [InlineData(429, "TooManyRequests", FailureKind.RateLimited, true)]
    [InlineData(500, "OperationTimedOut", FailureKind.ServerError, true)]
    [InlineData(503, "ServerBusy", FailureKind.ServerError, true)]
    [InlineData(418, "Teapot", FailureKind.Unknown, false)]
    public async Task What_an_account_answers_is_classified_whatever_it_says_about_waiting(int status, string code, FailureKind kind, bool recoverable)
    {
        await using var account = await StorageDouble.StartAsync(StorageDouble.Error(status, code));
        foreach (var (operation, name) in Operations(Open(account.Endpoint)))
        {
            var error = await Assert.ThrowsAsync<FailureException>(operation);
            Assert.Equal(new Failure(FailureSource.ProgressStore, name, kind, $"{status}", recoverable, error.Failure.Advice), error.Failure);
            AssertTells(error, account.Endpoint);
            if (kind == FailureKind.Authorization)
                Assert.Contains("Storage Table Data Contributor", error.Failure.Advice);
        }

        Assert.Equal(recoverable ? 4 : 2, account.Requests.Count);
    }

    [Fact]
    public async Task An_account_without_tables_is_told_at_the_first_write()
    {
        await using var account = await StorageDouble.StartAsync(StorageDouble.Error(404, "AccountNotFound"));
        var failure = (await Assert.ThrowsAsync<FailureException>(() => Open(account.Endpoint).UpdateAsync(state => state.With(Report(0)), Stop))).Failure;
        Assert.Equal((FailureKind.NotFound, "404", false), (failure.Kind, failure.Code, failure.Recoverable));
    }

    [Fact]
    public async Task Always_another_instance_first_is_given_up_in_the_end()
    {
        await using var account = await StorageDouble.StartAsync(context => StorageDouble.Error(context.Request.Method == "GET" ? 404 : 409, "EntityAlreadyExists")(context));
        var failure = (await Assert.ThrowsAsync<FailureException>(() => Open(account.Endpoint).UpdateAsync(state => state.With(Report(0)), Stop))).Failure;
        Assert.Equal((FailureKind.Timeout, true), (failure.Kind, failure.Recoverable));
        Assert.InRange(account.Requests.Count, 4, 93);
    }

    [Fact]
    public async Task An_account_that_never_answers_takes_a_few_seconds()
    {
        await using var account = await StorageDouble.StartAsync(StorageDouble.Never);
        await Task.WhenAll(Operations(Open(account.Endpoint)).Select(async operation =>
        {
            var began = Stopwatch.GetTimestamp();
            var error = await Assert.ThrowsAsync<FailureException>(operation.Run);
            Assert.Equal((FailureKind.Timeout, "timeout", true, operation.Name), (error.Failure.Kind, error.Failure.Code, error.Failure.Recoverable, error.Failure.Operation));
            Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.FromSeconds(1), Wait.Patience);
            AssertTells(error, account.Endpoint);
        }));
    }

    [Fact]
    public async Task A_few_seconds_are_the_longest_whatever_they_are_spent_on()
    {
        var time = new FakeTimeProvider();
        await using var account = await StorageDouble.StartAsync(context =>
        {
            time.Advance(TableProgressStore.Timeout);
            return StorageDouble.Never(context);
        });
        var read = Open(account.Endpoint, time).ReadAsync(Stop);
        var failure = (await Assert.ThrowsAsync<FailureException>(() => read.WaitAsync(Wait.Patience, Stop))).Failure;
        Assert.Equal((FailureKind.Timeout, "timeout"), (failure.Kind, failure.Code));
        Assert.Single(account.Requests);
    }

    [Fact]
    public async Task An_account_that_is_not_there_is_told_at_once()
    {
        Uri gone;
        await using (var account = await StorageDouble.StartAsync(StorageDouble.Never))
            gone = account.Endpoint;
        foreach (var (operation, name) in Operations(Open(gone)))
        {
            var error = await Assert.ThrowsAsync<FailureException>(operation);
            Assert.Equal((FailureKind.Network, "unreachable", true, name), (error.Failure.Kind, error.Failure.Code, error.Failure.Recoverable, error.Failure.Operation));
            AssertTells(error, gone);
        }
    }

    [Fact]
    public async Task An_account_that_speaks_no_TLS_is_told()
    {
        await using var account = await StorageDouble.StartAsync(StorageDouble.Never);
        var tls = new UriBuilder(account.Endpoint) { Scheme = "https" }.Uri;
        var failure = (await Assert.ThrowsAsync<FailureException>(() => Open(tls).ReadAsync(Stop))).Failure;
        Assert.Equal((FailureKind.Tls, "tls"), (failure.Kind, failure.Code));
    }

    [Fact]
    public async Task Who_is_told_to_stop_waits_no_longer()
    {
        using var stop = new CancellationTokenSource();
        await using var account = await StorageDouble.StartAsync(StorageDouble.NeverAndStop(stop));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Open(account.Endpoint).UpdateAsync(state => state.With(Report(0)), stop.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Open(account.Endpoint).ReadAsync(stop.Token));
    }

    [Fact]
    public void What_credentials_throw_is_classified()
    {
        var table = new Uri("https://shoes.table.core.windows.net/ShoeProgress");
        foreach (var (error, kind, code, recoverable) in (ReadOnlySpan<(Exception, FailureKind, string, bool)>)[
            (new CredentialUnavailableException("no secret of ours"), FailureKind.Authentication, "no-identity", false),
            (new AuthenticationFailedException("no secret of ours"), FailureKind.Authentication, "no-token", false),
            (new AggregateException(new RequestFailedException(503, "no secret of ours")), FailureKind.ServerError, "503", true),
            (new TimeoutException("no secret of ours"), FailureKind.Timeout, "timeout", true),
            (new FormatException("no secret of ours"), FailureKind.Unknown, "FormatException", false),
            (new RequestFailedException(0, "no secret of ours", "", new HttpRequestException("", new System.Security.Authentication.AuthenticationException())), FailureKind.Tls, "tls", false)])
        {
            var failure = ProgressFailures.OfTable(error, ProgressFailures.Reading, table);
            Assert.Equal((kind, code, recoverable), (failure.Kind, failure.Code, failure.Recoverable));
            Assert.DoesNotContain("secret", failure.Advice);
        }
    }

    [Theory]
    [InlineData(409, "EntityAlreadyExists", true)]
    [InlineData(412, "UpdateConditionNotSatisfied", true)]
    [InlineData(404, "ResourceNotFound", true)]
    [InlineData(404, "TableNotFound", false)]
    [InlineData(400, "ResourceNotFound", false)]
    public void Only_what_another_instance_wrote_or_deleted_first_is_a_conflict(int status, string code, bool isConflict) =>
        Assert.Equal(isConflict, ProgressFailures.IsConflict(new RequestFailedException(status, "", code, null)));

    [Theory]
    [InlineData(0, true)]
    [InlineData(408, true)]
    [InlineData(429, true)]
    [InlineData(500, true)]
    [InlineData(404, false)]
    [InlineData(409, false)]
    public void Only_what_may_go_well_at_once_is_tried_again(int status, bool isPassing) => Assert.Equal(isPassing, ProgressFailures.IsPassing(new RequestFailedException(status, "")));

    [Theory]
    [InlineData(408)]
    [InlineData(409)]
    [InlineData(412)]
    [InlineData(429)]
    [InlineData(503)]
    public void What_may_pass_promises_nothing_where_the_program_ends_with_it(int status)
    {
        var failure = ProgressFailures.OfTable(new RequestFailedException(status, ""), ProgressFailures.Reading, new Uri("https://shoes.table.core.windows.net/ShoeProgress"));
        Assert.True(failure.Recoverable);
        Assert.DoesNotContain("by itself", failure.Advice, StringComparison.Ordinal);
    }

    private static void AssertTells(FailureException error, Uri account)
    {
        Assert.Contains($"{account.Authority}", error.Message);
        Assert.DoesNotContain("told to", error.Message);
        Assert.DoesNotContain("AccountKey", error.Message);
    }

    private static IEnumerable<(Func<Task> Run, string Name)> Operations(TableProgressStore store) =>
        [(() => store.ReadAsync(Stop), "read progress"), (() => store.UpdateAsync(state => state.With(Report(0)), Stop), "write progress")];

    private static TableProgressStore Open(Uri account, TimeProvider? time = null)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("AzureWebJobsStorage", Azurite.ConnectionStringOf(account))]).Build();
        return new TableProgressStore(StorageConnection.OpenTables(configuration), "localhost_9092", "js_shoe", time ?? TimeProvider.System);
    }
}
