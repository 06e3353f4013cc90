"""Runs one case at a time with urllib and requests: a JSON line in (client, url, env), a JSON line out (the error or null)."""

import json
import os
import ssl
import sys
import urllib.request
import warnings

warnings.simplefilter("ignore")
try:
    import requests
except ImportError:
    requests = None

CONTEXT = ssl._create_unverified_context()


def with_urllib(url):
    # The default opener, as urlopen() builds it, but with one TLS context for all cases: making one costs 20 ms.
    opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=CONTEXT))
    opener.open(url, timeout=1).close()


def with_requests(url):
    requests.get(url, timeout=1, verify=False, allow_redirects=False).close()


RUN = {"python-urllib": with_urllib, "python-requests": with_requests}
print("ready", flush=True)
for line in sys.stdin:
    case = json.loads(line)
    os.environ.clear()
    os.environ.update(case["env"])
    error = None
    try:
        RUN[case["client"]](case["url"])
    except Exception as problem:
        error = f"{type(problem).__name__}: {problem}"
    print(json.dumps({"error": error}), flush=True)
