#!/usr/bin/env python3
"""Measures the gate on entry on lists whose truth is known: of the rows refused, how many are there already, and of
those that are, how many are refused, for several thresholds.

usage: gate.py [--program PROBITY] [--rows N] [--learned] LIST.csv…

The last N rows of a list (4000) come in after all others, each compared as it comes. Without --learned the weights
are supposed, as in a new workspace; with it the first rows were judged as a whole, so that they are learned.
The column `id` names the rows, `truth` the persons; the program does not see the truth.
"""
import argparse
import csv
import os
import subprocess
import tempfile

THRESHOLDS = ("0.5", "0.6", "0.75", "0.8", "0.85", "0.9", "0.95", "0.99")


def read(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    held, named = rows[0].index("truth"), rows[0].index("id")
    truth = {row[named]: row[held] for row in rows[1:]}
    return [row[:held] + row[held + 1:] for row in rows], named, truth


def write(path, header, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header] + rows)


def run(command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")


def refused(path):
    """Ids of rows refused for a likely duplicate, by row, with the record they resemble."""
    with open(path, encoding="utf-8-sig", newline="") as file:
        return {int(row["row"]): row["value"] for row in csv.DictReader(file) if row["problem"].startswith("Very probably")}


def rejected_rows(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return {int(row["row"]) for row in csv.DictReader(file) if not row["problem"].startswith("Very probably")}


def measure(program, path, count, learned, threshold, folder):
    rows, named, truth = read(path)
    first, last = rows[1:-count], rows[-count:]
    head, tail, before, rejects, workspace, key = (
        os.path.join(folder, name) for name in ("contacts.csv", "contacts-later.csv", "before.csv", "rejects.csv", "w", "key"))
    write(head, rows[0], first)
    write(tail, rows[0], last)
    common = ["--workspace", workspace, "--key-file", key, "--quiet"]
    run([program, "init", workspace, "--key-file", key, "--quiet"])
    run([program, "import", head, "--duplicates", "warn" if learned else "ignore", "--rejects", before] + common)
    run([program, "import", tail, "--duplicates", "refuse", "--duplicate-threshold", threshold, "--rejects", rejects] + common)
    left_out = rejected_rows(before)
    there = {truth[row[named]] for number, row in enumerate(first, 1) if number not in left_out}
    said, left_out = refused(rejects), rejected_rows(rejects)
    wrong = right = copies = found = 0
    for number, row in enumerate(last, 1):
        if number in left_out:
            continue
        person = truth[row[named]]
        is_copy = person in there
        copies += is_copy
        if number in said:
            hit = truth.get(said[number]) == person
            right += hit
            wrong += not hit
            found += is_copy
        else:
            there.add(person)
    precision = right / (right + wrong) if right + wrong else 0
    print(f"| {os.path.basename(path)} | {'learned' if learned else 'supposed'} | {threshold} | {right + wrong} | "
          f"{precision:.4f} | {found / copies if copies else 0:.4f} |", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default="build/probity")
    parser.add_argument("--rows", type=int, default=4000)
    parser.add_argument("--learned", action="store_true")
    parser.add_argument("lists", nargs="+")
    given = parser.parse_args()
    print("| list | weights | threshold | refused | precision | recall |\n|---|---|---|---|---|---|")
    for path in given.lists:
        for threshold in THRESHOLDS:
            with tempfile.TemporaryDirectory() as folder:
                measure(given.program, path, given.rows, given.learned, threshold, folder)


main()
