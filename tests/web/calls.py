"""Every request that stands in the code of the screens is one that the server's description has, with a body where the
operation takes one and without where it takes none: what no journey clicks on is asked rightly, too."""

import os
import re

# post("/path", …), get<T>(`/path/${id}`), ask("/path", { method: "PUT", … }); what stands behind the path, to the end of the line.
CALL = re.compile(r"""\b(post|get|ask|askServer)(?:<[^()]*?>)?\(\s*(?:`((?:[^`$]|\$\{[^{}]*\})*)`|"([^"]*)")([^\n]*)""")
METHOD = re.compile(r'method:\s*"(\w+)"')
PLACE = "\0"  # what is put into a path when it is asked


def calls(root):
    """File and line, function, path, what follows."""
    for folder, _, names in os.walk(os.path.join(root, "web", "src")):
        for name in sorted(names):
            if not name.endswith(".ts"):
                continue
            path = os.path.join(folder, name)
            with open(path, encoding="utf-8") as file:
                text = file.read()
            for match in CALL.finditer(text):
                asked = re.sub(r"\$\{[^{}]*\}", PLACE, match.group(2) or match.group(3) or "").split("?")[0]
                if asked.startswith("/"):
                    line = text.count("\n", 0, match.start()) + 1
                    yield f"{os.path.relpath(path, root)}:{line}", match.group(1), asked, match.group(4).split("//")[0]


def strangeness(asked, parts):
    """Parts that are a place on one side alone; None: it is another path."""
    if len(asked) != len(parts) or not all(PLACE in one or part.startswith("{") or one == part for one, part in zip(asked, parts)):
        return None
    return sum((PLACE in one) != part.startswith("{") for one, part in zip(asked, parts))


def operation_of(document, path, method):
    """The one that is most like it; None: there is none."""
    found = [(strangeness(path.split("/"), way.removeprefix("/api/v1").split("/")), item[method]) for way, item in document["paths"].items() if method in item]
    return min((one for one in found if one[0] is not None), key=lambda one: one[0], default=(0, None))[1]


def wrong(root, document):
    """What is wrong, a line each; and how many calls there are."""
    faults, count = [], 0
    for where, function, path, rest in calls(root):
        count += 1
        said = METHOD.search(rest)
        method = "post" if function == "post" else said.group(1).lower() if said and function != "get" else "get"
        sends = rest.startswith(",") if function == "post" else bool(re.search(r"\b(body|file)\b", rest))
        operation, path = operation_of(document, path, method), path.replace(PLACE, "…")
        if operation is None:
            faults.append(f"{where}: the server has no {method.upper()} {path}")
        elif sends and "requestBody" not in operation:
            faults.append(f"{where}: {method.upper()} {path} sends a body, and takes none")
        elif not sends and operation.get("requestBody", {}).get("required"):
            faults.append(f"{where}: {method.upper()} {path} sends no body, and needs one")
    return faults, count
