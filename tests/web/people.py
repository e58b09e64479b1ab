"""Who uses the screens in the journeys: one person a duty, of the staff, each with the cookie of a session."""

from served import enrolled, must

PEOPLE = {
    "ada": ["administrator", "data_steward"],
    "mina": ["sales"],
    "sam": ["service"],
    "vera": ["manager"],
    "lin": ["data_steward"],
    "omar": ["auditor"],
}


def make(server):
    """Name → its cookie, as NAME=VALUE."""
    cookies = {}
    for name, roles in PEOPLE.items():
        record = {"full_name": f"{name.capitalize()} Example", "email": f"{name}@house.example", "is_active": True}
        staff = must(server, "POST", "/api/v1/staff", {"fields": record, "duplicates": "ignore"})["record"]["id"]
        added = must(server, "POST", "/api/v1/users", {"name": name, "kind": "person", "roles": roles, "staff": staff})
        enrolled(server, name, added["code"], cookie=True)
        cookies[name] = next(cookie.split(";")[0] for cookie in server.given if cookie.startswith("probity="))
    return cookies
