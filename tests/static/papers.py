"""Checks of what people read: translations, the manual page, the README's commands and links."""
import os
import re
import shlex
import subprocess

import yaml


def translations(project):
    """Every text of C, model and controls has its translation, with the same places."""
    done = subprocess.run(["python3", "-B", project.path("tools", "gather-messages"), "--check",
                           project.root], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode == 0:
        return []
    return done.stdout.decode("utf-8", "replace").strip().splitlines() or ["gather-messages failed"]


def manual_page(project):
    """The formatter understands every line of the manual page."""
    faults = []
    folder = project.path("doc", "manual")
    pages = sorted(name for name in os.listdir(folder) if re.search(r"\.[1-8]$", name))
    if not pages:
        return ["there is no manual page"]
    for name in pages:
        done = subprocess.run(["groff", "-man", "-K", "utf8", "-T", "utf8", "-ww", "-z",
                               os.path.join(folder, name)], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
        said = done.stdout.decode("utf-8", "replace").strip().splitlines()
        faults += [line.replace(folder + os.sep, "doc/manual/") for line in said]
        if done.returncode != 0 and not said:
            faults.append(f"doc/manual/{name}: groff failed")
    return faults


class Commands:
    """declare/commands.yaml: which commands there are, and the options each takes."""

    def __init__(self, project):
        with open(project.path("declare", "commands.yaml"), encoding="utf-8") as file:
            tree = yaml.safe_load(file)
        self.top = tree["commands"]
        self.groups = tree["groups"]
        self.globals = self.spelt(tree["globals"])

    @staticmethod
    def spelt(options):
        names = {"--" + option["name"] for option in options}
        return names | {"-" + option["short"] for option in options if "short" in option}

    def fault(self, words):
        """What is wrong with these words behind the program's name, or None."""
        if words and words[0] == "help":
            words = words[1:]
        level, options, path = self.top, set(self.globals), []
        while level and words and not words[0].startswith("-"):
            found = next((entry for entry in level if entry["name"] == words[0]), None)
            if found is None:
                return f"there is no command {' '.join([*path, words[0]])}"
            path.append(words.pop(0))
            options |= self.spelt(found.get("options", []))
            for group in found.get("include", []):
                options |= self.spelt(self.groups[group])
            level = found.get("commands")
        for word in words:
            name = word.split("=")[0]
            if re.match(r"--?[a-z]", name) and name not in options:
                return f"{' '.join(path)} has no option {name}"
        return None


def command_lines(text):
    """Lines of fenced blocks that call the program: words behind its name."""
    for block in re.findall(r"^```\w*\n(.*?)^```", text, re.M | re.S):
        for line in block.splitlines():
            words = shlex.split(line, comments=True)
            if words[:1] in (["./run"], ["build/probity"], ["probity"]) and len(words) > 1:
                stop = next((i for i, word in enumerate(words) if word in (">", "|", "&&")), len(words))
                yield line, words[1:stop]


def shown_pages(project):
    """The README and the pages of the manual."""
    folder = project.path("doc", "manual")
    pages = [os.path.join("doc", "manual", name) for name in sorted(os.listdir(folder))
             if name.endswith(".md")]
    return ["README.md", *pages]


def page_faults(project, page, commands):
    """Faults of one page, and how many commands it shows."""
    faults, shown = [], 0
    with open(project.path(page), encoding="utf-8") as file:
        text = file.read()
    for line, words in command_lines(text):
        shown += 1
        fault = commands.fault(words)
        if fault:
            faults.append(f"{page}: {fault}: {line.strip()}")
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
        place = project.path(os.path.dirname(page), target)
        if not re.match(r"[a-z]+:", target) and not os.path.exists(place):
            faults.append(f"{page} links to {target}, which is not there")
    for name in re.findall(r"`((?:tools|tests|doc|declare)/[\w./-]+)`", text):
        if not os.path.exists(project.path(name)):
            faults.append(f"{page} names {name}, which is not there")
    return faults, shown


def readme(project):
    """Commands that README and manual show exist with these options; what they link to is there."""
    faults, shown = [], 0
    commands = Commands(project)
    for page in shown_pages(project):
        found, count = page_faults(project, page, commands)
        faults += found
        shown += count
    if shown == 0:
        faults.append("README.md shows no command")
    return faults
