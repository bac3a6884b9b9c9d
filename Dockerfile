# The image of web, workers and schedule; docker-compose.yml tells them apart by their commands.
# mdbtools reads Arbin .res files; without it a slower reader in Python does.
FROM python:3.11-slim AS packages
COPY requirements.lock .
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.lock

FROM python:3.11-slim
RUN apt-get update && apt-get install -y --no-install-recommends mdbtools \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 10001 --create-home lab && install -d -o lab -g lab /data
COPY --from=packages /venv /venv
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
COPY . .
RUN DATA_DIR=/tmp/build python manage.py collectstatic --no-input && rm -r /tmp/build
ARG CODE_REVISION=
ENV DATA_DIR=/data BIND=0.0.0.0 PORT=8000 CODE_REVISION=$CODE_REVISION
USER lab
VOLUME /data
EXPOSE 8000
CMD ["python", "-m", "gunicorn", "--config", "python:labsite.gunicorn_conf", "labsite.wsgi"]
