"""`satn serve` under load on loopback: throughput, latency, faults, memory.

    python benchmarks/serve_load.py levels [--model satn-nemo] [--out FILE.json]
    python benchmarks/serve_load.py soak --requests 50000 [--out FILE.json]

`levels` loads a server with and without batches at several numbers of connections,
in interleaved rounds, and prints the median round's figures. `soak` sends many
requests and prints the memory of the server after each twentieth of them. Server and
generator share the machine's cores.
"""

import argparse
import asyncio
import contextlib
import json
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from load_generator import expected_answers, make_bodies, resident_bytes, run_load

MODES = {"batches of 32": 32, "no batches": 1}
CONCURRENCY = (1, 2, 4, 8, 16, 32)


@contextlib.contextmanager
def server(model, *options):
    """Process of `satn serve`, and the URL at which it predicts."""
    command = [sys.executable, "-m", "satn_keras", "serve", model, "--port", "0"]
    with subprocess.Popen(
        [*command, *map(str, options)], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            line = process.stdout.readline()
            if not line:
                sys.exit("the server did not start")
            yield process, line.split(": versions")[0] + ":predict"
        finally:
            process.terminate()


def levels(options):
    bodies = list(make_bodies(options.seconds))
    rows = []
    with contextlib.ExitStack() as stack:
        servers = {
            mode: stack.enter_context(
                server(options.model, "--max-batch", batch, "--max-requests", 256)
            )
            for mode, batch in MODES.items()
        }
        urls = {mode: url for mode, (_, url) in servers.items()}
        expected = asyncio.run(expected_answers(urls["no batches"], bodies))
        for round_ in range(options.rounds):
            for concurrency in CONCURRENCY:
                for mode, url in urls.items():
                    load = asyncio.run(
                        run_load(url, bodies, expected, options.requests, concurrency)
                    )
                    row = {"mode": mode, "concurrency": concurrency, "round": round_}
                    rows.append(row | load.row() | {"kinds": load.faults})
                    print(json.dumps(rows[-1]), flush=True)
    print(table(rows))
    return {"seconds": options.seconds, "cores": os.cpu_count(), "rows": rows}


def table(rows):
    """Markdown of the median rounds, by throughput."""
    lines = ["| connections | | requests/s | p50 ms | p95 ms | p99 ms | faults |"]
    lines.append("| --- | --- | --- | --- | --- | --- | --- |")
    for concurrency in CONCURRENCY:
        for mode in MODES:
            found = [
                row
                for row in rows
                if (row["mode"], row["concurrency"]) == (mode, concurrency)
            ]
            found.sort(key=lambda row: row["per_second"])
            middle = found[len(found) // 2]
            times = " | ".join(f"{middle[f'p{p}_ms']:.0f}" for p in (50, 95, 99))
            lines.append(
                f"| {concurrency} | {mode} | {middle['per_second']:.0f} | {times} | "
                f"{sum(row['faults'] for row in found)} |"
            )
    return "\n".join(lines)


def soak(options):
    bodies = list(make_bodies(options.seconds))
    rows = []
    with server(options.model) as (process, url):
        expected = asyncio.run(expected_answers(url, bodies))
        part = -(-options.requests // 20)
        for done in range(part, part * 20 + 1, part):
            load = asyncio.run(
                run_load(url, bodies, expected, part, options.concurrency)
            )
            memory = resident_bytes(process.pid) / 2**20
            rows.append({"done": done, "resident_mib": memory} | load.row())
            rows[-1]["kinds"] = load.faults
            print(json.dumps(rows[-1]), flush=True)
    return {"seconds": options.seconds, "cores": os.cpu_count(), "rows": rows}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=("levels", "soak"))
    parser.add_argument("--model", default="satn-nemo")
    parser.add_argument("--seconds", type=float, default=0.25, help="of audio")
    parser.add_argument("--requests", type=int, default=300, help="a level, or in all")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--concurrency", type=int, default=8, help="of soak")
    parser.add_argument("--out", type=pathlib.Path)
    options = parser.parse_args()
    result = {"levels": levels, "soak": soak}[options.what](options)
    if options.out:
        temporary = options.out.with_suffix(".writing")
        temporary.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
        temporary.rename(options.out)


if __name__ == "__main__":
    main()
