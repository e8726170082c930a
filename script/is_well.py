"""Asks the web server beside it whether it is well; the exit status is the answer."""

import http.client
import os
import sys

# Django answers only to the names that it is told are its own.
name = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip().lstrip(".")
client = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("PORT") or 8000), timeout=4)
try:
    client.request("GET", "/healthz", headers={"Host": "localhost" if name == "*" else name})
    sys.exit(client.getresponse().status != 200)
except OSError:
    sys.exit(1)
