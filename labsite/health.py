"""Whether the parts of the site answer: for load balancers, containers and `manage.py doctor`."""

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis.backoff import NoBackoff
from redis.retry import Retry

BROKER_TIMEOUT_S = 1.0


@never_cache
@require_safe
@login_not_required
def health(request: HttpRequest) -> JsonResponse:
    """Say what answers, part by part: 200 when everything does, 503 otherwise."""
    troubles = {"database": database_trouble(), "broker": broker_trouble()}
    answer = {"web": "ok"} | {part: trouble or "ok" for part, trouble in troubles.items()}
    return JsonResponse(answer, status=503 if any(troubles.values()) else 200)


def database_trouble() -> str:
    """Return why the database does not answer; empty when it does."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return f"no answer ({type(error).__name__})"
    return ""


def broker_trouble() -> str:
    """Return why the broker does not answer within a second; empty when it does."""
    try:
        with broker_client() as client:
            client.ping()
    except redis.RedisError as error:
        return f"no answer ({type(error).__name__})"
    return ""


def broker_client() -> redis.Redis:
    """Return a client of the broker that neither waits longer than a second nor tries again."""
    return redis.Redis.from_url(
        settings.REDIS_URL.replace("redis+socket://", "unix://", 1),
        socket_timeout=BROKER_TIMEOUT_S,
        socket_connect_timeout=BROKER_TIMEOUT_S,
        retry=Retry(NoBackoff(), 0),
    )
