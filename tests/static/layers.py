"""The house's rules held on what was compiled: headers truly opened, symbols truly used."""
import os
import re
import subprocess

from project import symbols, workers

# What only `sys` may call (and SQLite): the system's doors.
SYSTEM = set("""open openat creat fopen fopen64 open64 openat64 freopen fdopen read pread pread64 write pwrite pwrite64
close dup dup2 pipe pipe2 mmap mmap64 munmap stat fstat lstat stat64 fstat64 lstat64 fstatat access unlink unlinkat remove
rename renameat mkdir mkdirat rmdir opendir fdopendir readdir readdir64 scandir nftw ftw chmod fchmod chown ftruncate truncate
fsync fdatasync getenv secure_getenv setenv putenv unsetenv time gettimeofday clock_gettime clock localtime localtime_r mktime
fork vfork execv execve execvp execl execlp posix_spawn posix_spawnp wait waitpid kill raise signal sigaction socket connect bind
listen accept send recv isatty tcgetattr tcsetattr ioctl getpid getuid geteuid getpwuid getpwuid_r gethostname readlink symlink
link chdir getcwd realpath mkstemp mkostemp mkdtemp tmpfile getrandom getentropy rand random srand srandom setlocale""".split())
# What only the faces may call: people read it.
PRINTING = set("""printf puts putchar fputs fputc putc vprintf perror fprintf vfprintf fwrite stdout stderr __printf_chk
__fprintf_chk __vfprintf_chk""".split())
PREFIX = {"base": "pb_", "app": "app_"}


def headers(project):
    """No object opened a header its module may not see."""
    faults = []
    src = os.path.realpath(project.path("src"))
    for target, files in project.opened().items():
        match = re.match(r"lib(\w+)\.a\.p/|(probity)\.p/", target)
        if not match:
            continue
        module = match.group(1) or "app"
        if module not in project.modules:
            continue
        allowed = set(project.visible(module)) | {module}
        for name in files:
            if not name.startswith(src + os.sep):
                continue
            parts = os.path.relpath(name, src).split(os.sep)
            if len(parts) < 2:
                continue
            if parts[0] not in allowed:
                faults.append(f"{module} opens src/{'/'.join(parts)}, but may not use {parts[0]}")
            elif parts[0] != module and parts[1] != "include":
                faults.append(f"{module} opens src/{'/'.join(parts)}, which is private to {parts[0]}")
    return sorted(set(faults))


def library_symbols(project):
    """Name of a library of declare/modules.yaml → symbols it defines, of those that can be asked."""
    files = {"icu": ["icui18n", "icuuc"], "yaml": ["yaml"], "crypto": ["crypto"], "sodium": ["sodium"],
             "cjson": ["cjson"], "m": ["m"]}
    result = {}
    for library, names in files.items():
        defined = set()
        for name in names:
            path = subprocess.run(["gcc", f"-print-file-name=lib{name}.so"], check=True,
                                  stdout=subprocess.PIPE).stdout.decode().strip()
            path = os.path.realpath(path)
            if name == "m":  # libm.so is a linker script; the library proper lies in the loader's folder
                path = "/lib/x86_64-linux-gnu/libm.so.6" if os.path.exists(
                    "/lib/x86_64-linux-gnu/libm.so.6") else path
            text = subprocess.run(["nm", "-D", "--defined-only", "-P", path],
                                  stdout=subprocess.PIPE, check=True).stdout.decode()
            defined |= {line.split()[0].split("@")[0] for line in text.splitlines()}
        result[library] = defined
    return result


def used_symbols(project):
    """Every symbol a module uses is defined in a module or library it declares."""
    faults = []
    owner, uses = {}, {}
    for module in project.built_modules():
        for defined, undefined in symbols(project.objects(module)).values():
            for name in defined:
                owner[name] = module
            uses.setdefault(module, set()).update(undefined)
    outside = library_symbols(project)
    for module, names in uses.items():
        allowed = set(project.visible(module)) | {module}
        declared = set(project.modules[module].get("libraries", []))
        # A library's types come with the headers of the modules that publish it; calling needs a line.
        for name in sorted(names):
            if name in owner:
                if owner[name] not in allowed:
                    faults.append(f"{module} calls {name} of {owner[name]}, which it may not use")
                continue
            if name.startswith("sqlite3") and "sqlite3mc" not in declared:
                faults.append(f"{module} calls {name}, but does not declare sqlite3mc")
            for library, defined in outside.items():
                if name in defined and library not in declared:
                    faults.append(f"{module} calls {name}, but does not declare {library}")
            if name in SYSTEM and module != "sys":
                faults.append(f"{module} calls {name}: only sys talks to the operating system")
            if name in PRINTING and module not in ("cli", "app"):
                faults.append(f"{module} calls {name}: only cli and app print")
    return faults


def public_words(project, module):
    """Every identifier that stands in a public header of the module."""
    words = set()
    for header in project.headers(module):
        with open(project.path("src", module, "include", header), encoding="utf-8") as file:
            words |= set(re.findall(r"[A-Za-z_]\w*", file.read()))
    return words


def prefixes(project, module):
    """What exported names may begin with: the module's prefix, or, for what the module's own files share,
    the name of one of its files (`keys_` for what keys.c gives to its neighbours)."""
    result = {PREFIX.get(module, module + "_")}
    for where, _, names in os.walk(project.path("src", module)):
        for name in names:
            stem, kind = os.path.splitext(name)
            if kind in (".c", ".h"):
                result |= {stem + "_", stem.split("_")[0] + "_", re.sub(r"s$", "", stem) + "_"}
    return result


def exported_names(project):
    """Exported names are recognised by their beginning, belong to one module, and somebody else uses
    them; what stands in no public header no other module uses."""
    faults = []
    everything = {}
    for module in project.built_modules():
        everything.update(symbols(project.objects(module)))
    everything.update(symbols(project.test_objects()))
    everything.update(symbols(project.part_objects()))
    users = {}
    for where, (_, undefined) in everything.items():
        for name in undefined:
            users.setdefault(name, set()).add(where)
    owner = {}
    for module in project.built_modules():
        allowed = tuple(prefixes(project, module))
        public = public_words(project, module)
        own = set(project.objects(module)) | {where for where in project.part_objects()
                                              if os.path.basename(where).startswith(f"src_{module}_")}
        tests = set(project.test_objects())
        for where in project.objects(module):
            for name in sorted(everything[where][0]):
                if owner.setdefault(name, module) != module:
                    faults.append(f"{module} and {owner[name]} both export {name}")
                if name == "main":
                    continue
                if not name.startswith(allowed):
                    faults.append(f"{module} exports {name}: make it static, or begin it with "
                                  f"{PREFIX.get(module, module + '_')}")
                elif name not in users:
                    faults.append(f"{module} exports {name}, which nobody else uses: make it static")
                elif name not in public and users.get(name, set()) - own - tests:
                    faults.append(f"{name} is private to {module}, but another module uses it")
    return faults


def compile_alone(project):
    """Each public header compiles by itself, twice in one file, with both compilers."""
    import concurrent.futures
    jobs = []
    for module in project.modules:
        folders = [module, *project.visible(module)]
        includes = [f"-I{project.path('src', m, 'include')}" for m in folders]
        for header in project.headers(module):
            for compiler in ("gcc", "clang-14"):
                jobs.append((compiler, includes, header))

    def one(job):
        compiler, includes, header = job
        text = f'#include "{header}"\n#include "{header}"\ntypedef int not_empty;\n'
        done = subprocess.run([compiler, "-std=c17", "-Wall", "-Wextra", "-Werror", "-fsyntax-only",
                               *includes, "-x", "c", "-"], input=text.encode(),
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode == 0:
            return None
        first = next((l for l in done.stdout.decode().splitlines() if "error" in l), "")
        return f"{header} does not compile alone with {compiler}: {first}"

    with concurrent.futures.ThreadPoolExecutor(workers()) as pool:
        return [fault for fault in pool.map(one, jobs) if fault]


def banned_names(project):
    with open(project.path("src", "banned.h"), encoding="utf-8") as file:
        lines = [l for l in file if l.startswith("#pragma GCC poison")]
    return {name for line in lines for name in line.split()[3:]}


def banned_functions(project):
    """No object refers to a banned function, whichever way it was called."""
    banned = banned_names(project)
    faults = []
    objects = [o for m in project.built_modules() for o in project.objects(m)] + project.test_objects()
    for where, (_, undefined) in symbols(objects).items():
        for name in sorted(undefined & banned):
            faults.append(f"{os.path.basename(where)} refers to {name}, which is banned")
    return faults


def declared(project):
    """Folders, uses and cycles: the same check as at configure."""
    done = subprocess.run(["python3", "-B", project.path("tools", "modules.py"), project.root],
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    return [] if done.returncode == 0 else [done.stderr.decode().strip()]
