#!/usr/bin/env python3
"""One peer in a process of its own, so that its CPU time and memory are its own.

usage: peer.py NAME THREADS version
       peer.py NAME THREADS import FILE FOLDER
       peer.py NAME THREADS load FILE.csv FOLDER
       peer.py NAME THREADS serve FOLDER QUESTION

`serve` opens the tables, asks once to warm up, writes the answer's rows as a line of JSON, and then, for
every line it reads, asks again and writes what that took.
"""
import importlib
import json
import os
import resource
import sys
import time


def cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def write(value):
    # A library may have put a column's own types into the rows: numbers and texts are all there is.
    print(json.dumps(value, default=float), flush=True)


def serve(peer, question):
    write({"rows": peer.ask(question)})
    for _ in sys.stdin:
        wall, used = time.perf_counter(), cpu()
        peer.ask(question)
        write({"wall": time.perf_counter() - wall, "cpu": cpu() - used,
               "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024})


def main(name, threads, action, *arguments):
    os.environ["POLARS_MAX_THREADS"] = threads
    module = importlib.import_module(f"peers.with_{name}")
    if action == "version":
        print(module.VERSION)
    elif action == "import":
        print(module.bulk_import(*arguments, int(threads)))
    elif action == "load":
        module.load(*arguments, int(threads))
    elif action == "serve":
        folder, question = arguments
        serve(module.Peer(folder, int(threads)), question)
    # The libraries' own threads need not be waited for.
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
