# syntax=docker/dockerfile:1
# Built from requirements.lock alone: what CI tested is what runs.
FROM python:3.11-slim AS build
WORKDIR /src
RUN python -m venv /opt/venv
COPY requirements.lock ./
RUN /opt/venv/bin/pip install --no-cache-dir --require-hashes --no-deps -r requirements.lock
COPY pyproject.toml README.md LICENSE manifest.yml ./
COPY agents agents
COPY bot bot
COPY incident incident
COPY integrations integrations
COPY scenarios scenarios
COPY storage storage
RUN python -m venv /opt/build \
    && /opt/build/bin/pip install --no-cache-dir "hatchling>=1.27,<2" \
    && /opt/build/bin/pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /dist . \
    && /opt/venv/bin/pip install --no-cache-dir --no-deps /dist/*.whl

FROM python:3.11-slim
RUN useradd --create-home --uid 10001 responder
COPY --from=build /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1
USER responder
WORKDIR /home/responder
ENTRYPOINT ["first-responder"]
CMD ["--help"]
