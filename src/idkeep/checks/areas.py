"""What checks are about, as a summary groups them: one area a themed module."""

# By module of this package, or of one of its packages; the longer name wins. A module that a theme
# outgrew, such as `root_people`, is known by its first word.
_AREAS = {
    "root": "Root user",
    "users": "Users",
    "user": "Users",
    "membership": "Users",
    "keys": "Access keys",
    "key": "Access keys",
    "passwords": "Passwords",
    "password": "Passwords",
    "account": "Account",
    "contacts": "Account",
    "organization": "Organisation",
    "center": "Identity Center",
    "logging": "Logging and alarms",
    "services": "Security services",
    "roles": "Roles",
    "trust": "Trust",
    "policies": "Policies",
    "policies.account": "Account",
    "policies.administrators": "Administrators",
    "policies.bucket_rights": "Access from outside",
    "policies.doors": "Access from outside",
    "policies.escalation": "Escalation",
    "policies.open_resources": "Access from outside",
    "policies.outsiders": "Access from outside",
    "policies.principals": "Powers of users and roles",
    "policies.workloads": "Workloads",
}


def area(module: str) -> str:
    """The area of a check by the module it stands in; a module not listed gives its own name."""
    parts = module.removeprefix("idkeep.checks.").split(".")
    for length in range(len(parts), 0, -1):
        if found := _AREAS.get(".".join(parts[:length])):
            return found
    if found := _AREAS.get(parts[0].partition("_")[0]):
        return found
    return parts[0].replace("_", " ").capitalize()
