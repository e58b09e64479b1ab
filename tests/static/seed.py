"""Puts one violation of each kind into a copy of the project and sees each caught by its check.

The copy has all sources; only what a check needs of base and merkle is compiled in it.
"""
import os
import shutil
import subprocess
import tempfile

import corpora
import doubts
import layers
import papers
import text
import tidy
from project import Project

BUILT = ("base", "merkle")


def copy(project, folder):
    for name in project.tracked():
        target = os.path.join(folder, name)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        shutil.copy2(project.path(name), target)
    modules = project.path("deps", "node_modules")
    os.symlink(modules, os.path.join(folder, "deps", "node_modules"))


def compile_some(seeded):
    targets = subprocess.run(["ninja", "-C", seeded.build, "-t", "targets", "all"], check=True,
                             stdout=subprocess.PIPE).stdout.decode().splitlines()
    wanted = [t.split(":")[0] for t in targets if t.endswith(": c_COMPILER")
              and any(t.startswith(f"lib{m}.a.p/") for m in BUILT)]
    return subprocess.run(["ninja", "-C", seeded.build, *wanted], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)


class Change:
    """A file changed for a while."""

    def __init__(self, seeded, name, how):
        self.path, self.how = seeded.path(name), how

    def __enter__(self):
        self.old = None
        if os.path.exists(self.path):
            with open(self.path, encoding="utf-8") as file:
                self.old = file.read()
        os.makedirs(os.path.dirname(self.path), exist_ok=True)
        with open(self.path, "w", encoding="utf-8") as file:
            file.write(self.how(self.old or ""))

    def __exit__(self, *_):
        if self.old is None:
            os.unlink(self.path)
            if not os.listdir(os.path.dirname(self.path)):
                os.rmdir(os.path.dirname(self.path))
        else:
            with open(self.path, "w", encoding="utf-8") as file:
                file.write(self.old)


def add(more):
    return lambda old: old + "\n" + more + "\n"


# Name of the violation, file, change, check, words its fault must hold, whether it must not even compile.
COMPILED = [
    ("upward-include", "src/base/str.c", add('#include "../merkle/include/merkle/hash.h"'),
     layers.headers, "base opens src/merkle/include/merkle/hash.h"),
    ("private-include", "src/merkle/tile.c", add('#include "../base/plural.h"'),
     layers.headers, "which is private to base"),
    ("upward-symbol", "src/base/str.c",
     add("void merkle_tree_hash(void);\nvoid pb_up(void);\nvoid pb_up(void)\n{\n    %s();\n}\n"),
     layers.used_symbols, "which it may not use"),
    ("undeclared-library", "src/base/str.c",
     add("int sodium_init(void);\nint pb_up(void);\nint pb_up(void)\n{\n    return sodium_init();\n}\n"),
     layers.used_symbols, "does not declare sodium"),
    ("system-call", "src/base/str.c",
     add("long write(int, const void *, unsigned long);\nlong pb_up(void);\n"
         "long pb_up(void)\n{\n    return write(1, \"x\", 1);\n}\n"),
     layers.used_symbols, "only sys talks to the operating system"),
    ("foreign-prefix", "src/base/str.c", add("int other_name(void);\nint other_name(void)\n{\n    return 1;\n}\n"),
     layers.exported_names, "exports other_name: make it static, or begin it with pb_"),
    ("unused-export", "src/base/str.c", add("int pb_nobody(void);\nint pb_nobody(void)\n{\n    return 1;\n}\n"),
     layers.exported_names, "exports pb_nobody, which nobody else uses"),
    ("banned-function-renamed", "src/base/str.c",
     add('char *copy_text(char *, const char *) __asm__("strcpy");\nvoid pb_up(char *a);\n'
         "void pb_up(char *a)\n{\n    copy_text(a, a);\n}\n"),
     layers.banned_functions, "refers to strcpy, which is banned"),
]

REFUSED = [
    ("upward-include-by-name", "src/base/str.c", add('#include "merkle/note.h"')),
    ("banned-function", "src/base/str.c",
     add("void pb_up(char *a);\nvoid pb_up(char *a)\n{\n    strcpy(a, a);\n}\n")),
]

PLAIN = [
    ("header-not-alone", "src/base/include/base/lonely.h",
     lambda _: "#ifndef LONELY_H\n#define LONELY_H\npb_str pb_lonely(void);\n#endif\n",
     layers.compile_alone, "base/lonely.h does not compile alone"),
    ("undeclared-folder", "src/extra/meson.build", lambda _: "sources = files()\n",
     layers.declared, "src/extra is not declared"),
    ("cycle", "declare/modules.yaml", lambda old: old.replace("base:     {uses: []", "base:     {uses: [app]"),
     layers.declared, "cycle"),
    ("unknown-module", "declare/modules.yaml",
     lambda old: old.replace("base:     {uses: []", "base:     {uses: [nowhere]"),
     layers.declared, "not declared"),
    ("stale-generated-file", "declare/errors.yaml", lambda old: old.replace("http: 404", "http: 410"),
     text.generated_current, "not current"),
    ("hand-edited-generated-file", "src/base/include/base/status.h", add("/* more */"),
     text.generated_current, "not current"),
    ("unknown-requirement", "tests/base/test_seeded.c", lambda _: "/* shows: ZZ" + "-99 */\n",
     text.generated_current, "ZZ" + "-99"),
    ("unformatted", "src/base/str.c", add("int  x ;"),
     lambda seeded: text.form(seeded, ["src/base/str.c"]), "src/base/str.c is not formatted"),
    ("undocumented", "src/base/include/base/str.h", add("pb_str pb_lonely(void);"), text.documented,
     "has no comment: pb_str pb_lonely"),
    ("untranslated", "src/base/str.c", add('#define MORE PB_MSG("A text' + ' nobody knows")'),
     papers.translations, "A text" + " nobody knows"),
    ("no-such-command", "README.md", add("```\n./run audyt x\n```"), papers.readme, "no command audyt"),
    ("manual-not-understood", "doc/manual/probity.1", add(".XYZ"), papers.manual_page, "XYZ"),
    ("fuzz-target-without-corpus", "tests/fuzz/fuzz_seeded.c", lambda _: "int x;\n", corpora.replayed,
     "seeded has no target"),
    ("too-long", "src/base/seeded.c", lambda _: "\n" * 701, text.lengths, "has 701 lines"),
    ("machine-path", "src/base/seeded.c", lambda _: "/* /wor" + "k/main */\n", text.leaks,
     "a path of one machine"),
    ("registry", "deps/package-lock.json",
     lambda old: old.replace('"integrity"', '"resolved": "x", "integrity"', 1), text.leaks, "resolved"),
]


def caught(faults, words):
    return [] if any(words in fault for fault in faults) else [
        f"not caught: no fault says '{words}'; found: {faults[:3]}"]


def fill(seeded, change):
    """Completes the call of upward-symbol with a function merkle truly defines."""
    def changed(old):
        result = change(old)
        if "%s" not in result.replace(old, ""):
            return result
        from project import symbols
        names = sorted(n for defined, _ in symbols(seeded.objects("merkle")).values() for n in defined)
        return old + result[len(old):].replace("merkle_tree_hash", names[0]).replace("%s", names[0])
    return changed


def doubted(seeded):
    """Each kind of check of clang-tidy finds what it is for, in the program and in tests, within the budget of
    every day."""
    results = []
    wanted, left_out = doubts.configured(seeded_text(seeded, ".clang-tidy"))
    missing = [name for name in wanted if not any(
        kind.startswith(name[:-1]) if name.endswith("*") else kind == name for kind in doubts.DOUBTS)]
    results.append(("seeded-every-kind", [f"{name} has no seeded violation" for name in missing]))
    _, tests_leave = doubts.configured(seeded_text(seeded, "tests/.clang-tidy"))
    for name, without in (("src/base/str.c", left_out), ("tests/base/test_encoding.c", left_out + tests_leave)):
        kinds, code = doubts.code([pattern.rstrip("*") for pattern in without if pattern != "*"])
        with Change(seeded, name, add("#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n" + code)):
            faults = tidy.check(seeded, names=[name])
        results.append((f"seeded-doubts-in-{name.split('/', 1)[0]}",
                        [fault for kind in kinds for fault in caught(faults, f"[{kind}]")]))
    return results


def seeded_text(seeded, name):
    return text.read(seeded, name).decode("utf-8")


def run(project):
    results = []
    with tempfile.TemporaryDirectory() as folder:
        copy(project, folder)
        seeded = Project(folder, os.path.join(folder, "build-seeded"))
        done = subprocess.run(["meson", "setup", seeded.build, folder, "--buildtype=debug"],
                              env=dict(os.environ, CC="clang-14"), stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
        if done.returncode == 0:
            done = compile_some(seeded)
        if done.returncode != 0:
            return [("seeded-violations", ["the untouched copy does not build: "
                                           + done.stdout.decode()[-1500:]])]
        clean = layers.headers(seeded) + layers.used_symbols(seeded) + layers.banned_functions(seeded)
        results.append(("seeded-nothing-is-clean", clean))
        for label, name, change, check, words in PLAIN:
            with Change(seeded, name, change):
                results.append((f"seeded-{label}", caught(check(seeded), words)))
        results += doubted(seeded)
        for label, name, change in REFUSED:
            with Change(seeded, name, change):
                done = compile_some(seeded)
                results.append((f"seeded-{label}",
                                [] if done.returncode != 0 else ["it compiles"]))
        for label, name, change, check, words in COMPILED:
            with Change(seeded, name, fill(seeded, change)):
                done = compile_some(seeded)
                faults = check(seeded) if done.returncode == 0 else [done.stdout.decode()[-400:]]
                results.append((f"seeded-{label}", caught(faults, words)))
    return results
