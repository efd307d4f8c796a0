# syntax=docker/dockerfile:1
# Three stages: Node.js to build the site with, the build, and an image with nothing but the program and its site.

FROM node:20-bookworm-slim AS node

FROM rust:1.95-bookworm AS build
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=node /usr/local/lib/node_modules /usr/local/lib/node_modules
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
WORKDIR /src
COPY . .
# One step, because its kept folders are all that makes a second build quick.
RUN --mount=type=cache,target=/root/.cache/orderdesk-mcp \
    --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    make build \
    && install -D --strip target/release/orderdesk-mcp /out/usr/local/bin/orderdesk-mcp \
    && install -D "$(gcc -print-file-name=libgcc_s.so.1)" /out/usr/lib/libgcc_s.so.1 \
    && install -d /out/srv /out/data \
    && cp -R target/site /out/srv/site

# The system's C library, certificates and time zones; without the C++ library and OpenSSL, which nothing here uses.
FROM gcr.io/distroless/base-nossl-debian12:nonroot
LABEL org.opencontainers.image.title="orderdesk-mcp" \
      org.opencontainers.image.description="Order Desk for AI assistants and people, safely" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0"
COPY --from=build /out/usr/lib/libgcc_s.so.1 /usr/lib/libgcc_s.so.1
COPY --from=build /out/usr/local/bin/orderdesk-mcp /usr/local/bin/orderdesk-mcp
COPY --from=build /out/srv/site /srv/site
COPY --from=build --chown=65532:65532 /out/data /data
# The numbers, not the name, so that Kubernetes can see that it is not root.
USER 65532:65532
# All that is ever written lies in /data: the rest may be mounted read-only.
ENV HOST=0.0.0.0 \
    PORT=8080 \
    OPS_PORT=9090 \
    DATA_DIR=/data \
    LEPTOS_SITE_ROOT=/srv/site
VOLUME ["/data"]
# Health and metrics stay on the container's own loopback; OPS_HOST=0.0.0.0 opens them to a cluster's probes.
EXPOSE 8080
# Asks this container's own readiness: fails while the database cannot be written or the process drains.
HEALTHCHECK --interval=15s --timeout=3s --start-period=20s --retries=3 \
    CMD ["/usr/local/bin/orderdesk-mcp", "healthcheck"]
ENTRYPOINT ["/usr/local/bin/orderdesk-mcp"]
CMD ["serve"]
