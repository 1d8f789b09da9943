# Adjutant, the GitHub App. Build: docker build -t adjutant .
# Run: docker run --read-only --tmpfs /tmp -v adjutant:/data -p 3000:3000 --env-file .env adjutant
FROM node:24-bookworm-slim

RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates git \
 && rm -rf /var/lib/apt/lists/*

WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev
COPY app.yml ./
COPY bin ./bin
COPY src ./src
COPY docs ./docs

RUN mkdir -p /data && chown node:node /data
VOLUME /data
USER node

ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=3000 \
    ADJUTANT_DATA_DIR=/data \
    ADJUTANT_CACHE_DIR=/data/cache
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/ping`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "src/main.ts"]
