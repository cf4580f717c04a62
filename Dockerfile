# The local door as a container: docker build --build-arg COMMIT="$(git rev-parse HEAD)" --tag shoes .

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY . .
# There is no git in here: the commit that /api/health names is handed in.
ARG COMMIT=unknown
# With its runtime: there are no Debian images of .NET 10 (dotnet/dotnet-docker#6526), so it stands on Debian's own.
RUN dotnet publish src/ShoeFunctions.Local --configuration Release --use-current-runtime --self-contained --output /app -p:PublishReadyToRun=true -p:SourceRevisionId="$COMMIT"

FROM debian:13-slim
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
# Debian has no curl, but bash can speak to a port.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/7071 && printf 'GET /api/health/live HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && read -r status <&3 && [[ $status == *' 200 '* ]]"]
ENTRYPOINT ["/app/ShoeFunctions.Local", "--listen", "0.0.0.0"]
