"""Print DATABASE_URL and REDIS_URL of servers that answer and may be used by the tests."""

import os
import sys

import psycopg
import redis

DATABASE_URL = os.environ.get("TEST_DATABASE_URL", "postgresql://postgres@127.0.0.1:5432/labsite")
REDIS_URL = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/7")
"""This numbered database and the next belong to the tests, one a process; they are emptied."""


def main() -> int:
    """Empty the tests' own Redis database; 1 and a sentence when a server does not answer."""
    try:
        psycopg.connect(DATABASE_URL, dbname="postgres", connect_timeout=3).close()
        with redis.Redis.from_url(REDIS_URL, socket_connect_timeout=3) as client:
            client.flushdb()
    except (psycopg.OperationalError, redis.RedisError) as error:
        reason = " ".join(str(error).split())
        sys.stderr.write(f"No tests on PostgreSQL and Redis: {reason}\n")
        return 1
    sys.stdout.write(f"DATABASE_URL={DATABASE_URL} REDIS_URL={REDIS_URL}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
