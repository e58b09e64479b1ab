#!/usr/bin/env python3
"""Measures `probity duplicates` on lists whose truth is known: precision, recall and F1 over pairs of rows.

usage: measure.py [--program PROBITY] [--options "…"] LIST.csv…

No labels, no settings. The truth is the column `truth`, `cluster` or `identity`, or in `rec_id` the number of
`rec-12-dup-0`; that column is taken out of what the program sees. Two lines a list: what the pairs say, and the clusters.
"""
import argparse
import collections
import csv
import os
import re
import subprocess
import sys
import tempfile
import time

TRUTH = ("truth", "cluster", "identity")


def prepare(path, out):
    """Copies the list without its truth, a number in front of each row; returns the truth by that number."""
    truth = {}
    with open(path, encoding="utf-8-sig", newline="") as source, open(out, "w", encoding="utf-8", newline="") as target:
        rows = csv.reader(source, skipinitialspace=True)
        header = [h.strip() for h in next(rows)]
        held = next((header.index(t) for t in TRUTH if t in header), header.index("rec_id") if "rec_id" in header else None)
        if held is None:
            sys.exit(f"{path}: none of the columns {', '.join(TRUTH)}, rec_id")
        hidden = {held} | ({0} if header[0] in ("", "id", "unique_id", "rec_id") else set())
        writer = csv.writer(target)
        writer.writerow(["id"] + [h for i, h in enumerate(header) if i not in hidden])
        for number, row in enumerate(rows, 1):
            key = row[held].strip()
            person = re.match(r"rec-(\d+)-", key)
            truth[number] = person.group(1) if person else key
            writer.writerow([number] + [v for i, v in enumerate(row) if i not in hidden])
    return truth


def quality(found, right, all_pairs):
    precision, recall = right / found if found else 0.0, right / all_pairs if all_pairs else 0.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return f"precision {precision:.4f} recall {recall:.4f} F1 {f1:.4f}"


def pairs_in(groups):
    return sum(n * (n - 1) // 2 for n in collections.Counter(groups).values())


def measure(program, options, path, keep):
    with tempfile.TemporaryDirectory() as folder:
        given, pairs, clusters = (os.path.join(folder, n) for n in ("contacts.csv", "pairs.csv", "clusters.csv"))
        truth = prepare(path, given)
        begin = time.monotonic()
        done = subprocess.run([program, "duplicates", "--quiet", "--entity", "contact", given, "--pairs", pairs,
                               "--clusters", clusters] + options, capture_output=True, text=True, check=False)
        took = time.monotonic() - begin
        if done.returncode not in (0, 1):
            sys.exit(f"{path}: {done.stdout}{done.stderr}")
        all_pairs, name = pairs_in(truth.values()), os.path.basename(path)
        found = right = 0
        seen = set()
        with open(pairs, encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                a, b = int(row["left_id"]), int(row["right_id"])
                found += 1
                right += truth[a] == truth[b]
                seen.add((min(a, b), max(a, b)))
        print(f"{name} pairs     {quality(found, right, all_pairs)}")
        cluster = {}
        with open(clusters, encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                cluster[int(row["id"])] = row["cluster"]
        both = pairs_in((cluster[n], truth[n]) for n in cluster)
        print(f"{name} clusters  {quality(pairs_in(cluster.values()), both, all_pairs)}  rows {len(truth)}  {took:.1f} s", flush=True)
        if keep:
            tell_wrong(given, truth, seen, keep)


def tell_wrong(given, truth, seen, most):
    """Shows pairs that were found and are none, and pairs that were missed."""
    with open(given, encoding="utf-8", newline="") as file:
        rows = {int(r[0]): r[1:] for r in list(csv.reader(file))[1:]}
    groups = collections.defaultdict(list)
    for number, person in truth.items():
        groups[person].append(number)
    missed = [(a, b) for g in groups.values() for i, a in enumerate(g) for b in g[i + 1:] if (a, b) not in seen]
    wrong = sorted(p for p in seen if truth[p[0]] != truth[p[1]])
    for title, items in (("missed", missed), ("wrong", wrong)):
        step = max(1, len(items) // most)
        for a, b in items[::step][:most]:
            print(f"  {title} {rows[a]}\n  {' ' * len(title)} {rows[b]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=os.path.join(os.environ.get("PROBITY_BUILD", "build"), "probity"))
    parser.add_argument("--options", default="")
    parser.add_argument("--show", type=int, default=0, help="so many pairs missed and wrong are shown")
    parser.add_argument("lists", nargs="+")
    args = parser.parse_args()
    for path in args.lists:
        measure(args.program, args.options.split(), path, args.show)


if __name__ == "__main__":
    main()
