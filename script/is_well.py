"""Asks a web server of ours whether it is well; run by itself, its exit status is the answer."""

import http.client
import os
import sys


def is_well(host: str, port: int) -> bool:
    """Whether /healthz answers under a name that Django takes for its own."""
    name = os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip().lstrip(".*") or "localhost"
    everywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}
    client = http.client.HTTPConnection(everywhere.get(host, host), port, timeout=4)
    try:
        client.request("GET", "/healthz", headers={"Host": name})
        return client.getresponse().status == 200
    except OSError:
        return False
    finally:
        client.close()


if __name__ == "__main__":
    sys.exit(not is_well("127.0.0.1", int(os.environ.get("PORT") or 8000)))
