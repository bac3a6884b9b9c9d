"""Ask a page of the site whether it answers, as a proxy would: python -m labsite.probe URL."""

import http.client
import sys
import urllib.parse

TIMEOUT_S = 5.0


def answers(url: str, host: str = "") -> bool:
    """Whether the page comes with status 200 when asked for under the given host name."""
    parts = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=TIMEOUT_S)
    try:
        headers = {"Host": host or parts.netloc, "X-Forwarded-Proto": "https"}
        connection.request("GET", parts.path, headers=headers)
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(not answers(sys.argv[1]))
