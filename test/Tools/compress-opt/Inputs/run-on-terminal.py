# Runs a command whose standard error is a terminal, and prints what that shows.

import os
import pty
import subprocess
import sys

terminal, end = pty.openpty()
process = subprocess.Popen(sys.argv[1:], stderr=end)
os.close(end)
shown = b""
while True:
    try:
        chunk = os.read(terminal, 4096)
    except OSError:  # What Linux says when the other end is closed.
        break
    if not chunk:
        break
    shown += chunk
sys.stdout.buffer.write(shown)
sys.exit(process.wait())
