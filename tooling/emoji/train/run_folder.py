"""The folder of a training run: checkpoints, a log, pausing and stopping.

state.pt     the latest checkpoint; `mirror` is another folder that gets a copy of each
log.jsonl    a line for each report: samples, minutes, cpu_minutes, loss
PAUSE        while a file of this name exists, training sleeps

SIGTERM and SIGINT save a checkpoint and end the run.
"""

import json
import os
import shutil
import signal
import time
from pathlib import Path

import torch

SAVE_EVERY_SECONDS = 300
PAUSE_POLL_SECONDS = 5


def save_whole(state, path):
    """Writes beside the file and renames: a killed run leaves the old file or the new one."""
    partial = f"{path}.tmp"
    torch.save(state, partial)
    os.replace(partial, path)


class RunFolder:
    def __init__(self, path, mirror=None):
        self.path, self.mirror = Path(path), mirror and Path(mirror)
        for folder in filter(None, (self.path, self.mirror)):
            folder.mkdir(parents=True, exist_ok=True)
        self.checkpoint = self.path / "state.pt"
        self.stopping = False
        self.saved = self.clock = time.monotonic()
        self.cpu_clock = time.process_time()
        for kind in (signal.SIGTERM, signal.SIGINT):
            signal.signal(kind, self._stop)

    def _stop(self, *_):
        self.stopping = True

    def load(self):
        """The latest checkpoint, or None."""
        if not self.checkpoint.exists():
            return None
        return torch.load(self.checkpoint, weights_only=True, map_location="cpu")

    def save(self, state):
        save_whole(state, self.checkpoint)
        if self.mirror:
            partial = self.mirror / "state.pt.tmp"
            shutil.copyfile(self.checkpoint, partial)
            os.replace(partial, self.mirror / "state.pt")
        self.saved = time.monotonic()

    def save_is_due(self):
        return time.monotonic() - self.saved > SAVE_EVERY_SECONDS

    def wait_while_paused(self, before):
        """Sleeps while PAUSE exists; calls `before` once if it does. Pauses do not count as minutes."""
        pause = self.path / "PAUSE"
        if not pause.exists():
            return
        before()
        print("paused", flush=True)
        while pause.exists() and not self.stopping:
            time.sleep(PAUSE_POLL_SECONDS)
        print("resumed", flush=True)
        self.elapsed()

    def elapsed(self):
        """Wall-clock and CPU minutes since the last call."""
        now, cpu = time.monotonic(), time.process_time()
        minutes, cpu_minutes = (now - self.clock) / 60, (cpu - self.cpu_clock) / 60
        self.clock, self.cpu_clock = now, cpu
        return minutes, cpu_minutes

    def log(self, **values):
        line = json.dumps({name: round(value, 5) for name, value in values.items()})
        print(line, flush=True)
        with open(self.path / "log.jsonl", "a", encoding="utf8") as file:
            file.write(line + "\n")
