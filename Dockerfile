# The command shoes as a container: docker build --build-arg COMMIT="$(git rev-parse HEAD)" --tag shoes .

# Both images by version and digest: a tag may become another image. Dependabot moves the two together.
FROM mcr.microsoft.com/dotnet/sdk:10.0.400@sha256:e1ffd2a92ae84c1291bc1b6887501f8af98e6331e7af6d4c8d37168c5e87a64c AS build
WORKDIR /source
COPY . .
# There is no git in here: the commit that /api/health names is handed in.
ARG COMMIT=unknown
# With its runtime: there are no Debian images of .NET 10 (dotnet/dotnet-docker#6526), so it stands on Debian's own.
RUN dotnet publish src/ShoeFunctions.Local --configuration Release --use-current-runtime --self-contained --output /app -p:PublishReadyToRun=true -p:RunAnalyzers=false -p:SourceRevisionId="$COMMIT"

FROM debian:13.7-slim@sha256:a99cfc517144bc59b1978475ec53b46ecabec7e43635402ee5b77cc54cd1b20a
# For TLS: the certificates, and with them OpenSSL.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build /app /app
WORKDIR /app
# Without these two it needs no file but its own, so that its file system can be read-only.
ENV DOTNET_EnableDiagnostics=0 \
    DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
USER 1001:1001
EXPOSE 7071
# Debian has no curl, but bash can speak to a port: to the one that the command was started with, 7071 where it names none.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
    CMD ["bash", "-c", "mapfile -d '' -t words < /proc/1/cmdline && named=' --port[ =:]([0-9]+)' && [[ ${words[*]} =~ $named || -n ${words[*]} ]] && exec 3<>/dev/tcp/127.0.0.1/${BASH_REMATCH[1]:-7071} && printf 'GET /api/health/live HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && read -r status <&3 && [[ $status == *' 200 '* ]]"]
ENTRYPOINT ["/app/ShoeFunctions.Local", "--listen", "0.0.0.0"]
