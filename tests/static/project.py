"""What the static checks know about the project: modules, files, objects, symbols."""
import json
import os
import re
import subprocess
import sys

sys.dont_write_bytecode = True


def workers():
    """How many processes a check may keep busy: all processors, unless who runs it has other work for them."""
    return int(os.environ.get("PROBITY_STATIC_JOBS") or os.cpu_count() or 2)


class Project:
    def __init__(self, root, build):
        self.root = root
        self.build = build
        sys.path.insert(0, os.path.join(root, "tools"))
        import modules as rules
        self.rules = rules
        self.modules = rules.load(os.path.join(root, "declare", "modules.yaml"))

    def path(self, *parts):
        return os.path.join(self.root, *parts)

    def visible(self, module):
        return self.rules.visible(self.modules, module)

    def headers(self, module):
        """Public headers as they are included: `base/str.h`."""
        folder = self.path("src", module, "include")
        return sorted(os.path.relpath(os.path.join(where, name), folder)
                      for where, _, names in os.walk(folder) for name in names
                      if name.endswith(".h"))

    def tracked(self):
        """Files of the project: those git knows or would take, or in a copy without git all but what is built."""
        done = subprocess.run(["git", "-C", self.root, "ls-files", "-z", "-c", "-o",
                               "--exclude-standard"], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL)
        if done.returncode == 0 and done.stdout:
            names = done.stdout.decode().split("\0")
        else:
            names = [os.path.relpath(os.path.join(where, name), self.root)
                     for where, folders, files in os.walk(self.root)
                     if not folders.sort() for name in files]
        return [name for name in names if name and os.path.isfile(self.path(name))
                and not re.match(r"build[^/]*/|deps/node_modules/|\.git/", name)]

    def sources(self):
        return [name for name in self.tracked()
                if re.match(r"(src|tests)/.*\.[ch]$", name)]

    def compiled(self):
        """Objects the build makes today, relative to its folder: what it once made may lie there still."""
        with open(os.path.join(self.build, "compile_commands.json"), encoding="utf-8") as file:
            return [command["output"] for command in json.load(file)]

    def made(self, beginning):
        paths = [os.path.join(self.build, name) for name in self.compiled()
                 if name.startswith(beginning)]
        return sorted(path for path in paths if os.path.exists(path))

    def objects(self, module):
        return self.made("probity.p/" if module == "app" else f"lib{module}.a.p/")

    def built_modules(self):
        return [module for module in self.modules if self.objects(module)]

    def part_objects(self):
        """Objects of the parts that are loaded only when they are needed."""
        return self.made("probity-pdf.so.p/") + self.made("probity-remote.so.p/") + self.made("probity-mail.so.p/")

    def test_objects(self):
        return self.made("tests/")

    def opened(self):
        """Object (relative to the build folder) → files the compiler opened for it, absolute."""
        text = subprocess.run(["ninja", "-C", self.build, "-t", "deps"], check=True,
                              stdout=subprocess.PIPE).stdout.decode()
        result, current = {}, None
        today = set(self.compiled())
        for line in text.splitlines():
            if line.startswith("    ") and current is not None:
                current.append(os.path.realpath(os.path.join(self.build, line.strip())))
            elif ": #deps" in line:
                current = result.setdefault(line.split(": #deps")[0], [])
        return {name: files for name, files in result.items() if name in today}


def symbols(objects):
    """Object → (defined, undefined) global names."""
    result = {o: (set(), set()) for o in objects}
    if not objects:
        return result
    text = subprocess.run(["nm", "-A", "-g", "-P", *objects], check=True,
                          stdout=subprocess.PIPE).stdout.decode()
    for line in text.splitlines():
        where, rest = line.split(": ", 1)
        name, kind = rest.split()[:2]
        if kind == "U" or kind == "w":
            result[where][1].add(name)
        else:
            result[where][0].add(name)
    return result
