"""A service that answers what it is told to, and dies of some requests, as a decoder may."""

import json
import os
import sys

sys.stdout.write(json.dumps({"ready": {"model": "m", "n_bits": 8}}) + "\n")
sys.stdout.flush()
for line in sys.stdin:
    request = json.loads(line)
    if request.get("path") == "deadly.jpg":
        os._exit(3)
    if request.get("path") == "slow.jpg":
        continue
    sys.stdout.write(
        json.dumps({"id": request["id"], "ok": {"path": request.get("path"), "pid": os.getpid()}}) + "\n"
    )
    sys.stdout.flush()
