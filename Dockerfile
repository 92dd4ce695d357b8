# Two stages: the first builds the binary, the second holds the binary and next to nothing else.
FROM oven/bun:1.4.5 AS build
WORKDIR /build
COPY package.json bun.lock bunfig.toml ./
RUN bun install --frozen-lockfile --production
COPY tsconfig.json ./
COPY drizzle drizzle
COPY src src
RUN bun run build

FROM debian:12-slim
RUN useradd --user-group --uid 10001 --no-create-home --shell /usr/sbin/nologin chinwag \
  && install --directory --owner=chinwag --group=chinwag /data
COPY --from=build /build/dist/chinwag /usr/local/lib/chinwag
COPY docker/chinwag.sh /usr/local/bin/chinwag
# An .env file in the working directory would be read at start.
WORKDIR /data
ENV DATA_DIR=/data \
    PORT=3000
VOLUME /data
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=10s --retries=3 CMD ["chinwag", "health"]
# The entry point gives up root before the program starts.
ENTRYPOINT ["chinwag"]
CMD ["serve"]
