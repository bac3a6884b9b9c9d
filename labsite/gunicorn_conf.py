"""Settings of the web server, the same embedded and in a container."""

from labsite import settings

bind = (
    f"[{settings.BIND}]:{settings.PORT}"
    if ":" in settings.BIND
    else (f"{settings.BIND}:{settings.PORT}")
)
worker_class = "gthread"
workers = 1
threads = 8
graceful_timeout = 5
control_socket_disable = True
