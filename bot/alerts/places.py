"""Which service an alert is about, and in which environment: from its labels, else from names that are known."""

import re
from collections.abc import Iterable, Mapping

CERTAIN_KEYS = (
    "service", "service_name", "servicename", "kube_service", "app", "application", "app_name", "project",
    "app_kubernetes_io_name", "app.kubernetes.io/name", "label_app", "kube_app_name", "deployment", "kube_deployment",
    "statefulset", "daemonset", "workload", "functionname", "function", "queuename", "topicname",
    "dbinstanceidentifier", "dbclusteridentifier", "apiname",
)  # fmt: skip
"""The names under which senders say which service it is, the most telling first."""
LIKELY_KEYS = ("component", "loadbalancer", "targetgroup", "container", "container_name", "kube_container_name", "job")
SERVICE_KEYS = CERTAIN_KEYS + LIKELY_KEYS
EXPORTER = re.compile(
    r"(?:^|[-/])(?:kube-state-metrics|node|cadvisor|kubelet|blackbox|pushgateway|prometheus|[\w-]*exporter)$"
    r"|^kubernetes-(?:pods|nodes|apiservers|service-endpoints)$"
)
"""Labels of the program that was scraped; what it reports about is something else."""
POD = re.compile(r"^(.+?)(?:-[a-f0-9]{6,10}-[a-z0-9]{5}|-\d{1,3})$")
SERVICE_WORD = re.compile(
    r"(?<![\w/.-])([a-z][a-z0-9]*(?:[-_][a-z0-9]+)*[-_]"
    r"(?:service|svc|api|worker|server|gateway|backend|frontend|consumer|app))(?![\w/-])",
    re.IGNORECASE,
)
ENVIRONMENT_KEYS = ("env", "environment", "deployment_environment", "deployment.environment", "stage", "tier_env")
PLACE_KEYS = ("namespace", "kube_namespace", "cluster", "kube_cluster_name", "clustername")
ENVIRONMENTS = {
    word: name
    for name, words in {
        "production": "production prod prd live",
        "staging": "staging stage stg preprod preproduction uat",
        "development": "development dev",
        "test": "test testing qa sandbox",
    }.items()
    for word in words.split()
}
TITLED = re.compile(
    rf"(?:[\[(]|\b(?:in|on|env|environment)[ :=]+)({'|'.join(ENVIRONMENTS)})\b"
    r"|(?<![\w-])(staging|stg|uat|preprod|production)(?![\w-])",
    re.IGNORECASE,
)


def service_in(labels: Mapping[str, str], prose: Iterable[str], known: Iterable[str]) -> str | None:
    """Return the service; a known one wins over any other, and None where nothing says which it is.

    Known names in the prose count only where no label says the service itself: they may be somebody else's.
    """
    named, texts = _by_key(labels), tuple(prose)
    told = [named[key] for key in SERVICE_KEYS if key in named and not EXPORTER.search(named[key])]
    names = {name.casefold(): name for name in known}
    found = next((names[value.casefold()] for value in told if value.casefold() in names), None)
    if not found and not any(named.get(key) in told for key in CERTAIN_KEYS):
        found = next((name for text in texts if (name := _mentioned(text, names))), None)
    return found or next(iter(told), None) or _of_pod(named) or _worded(texts)


def environment_in(labels: Mapping[str, str], title: str, default: str) -> str:
    """Return the environment as the catalog writes it where both mean the same, else by its usual name."""
    named = _by_key(labels)
    told = next((named[key] for key in ENVIRONMENT_KEYS if named.get(key)), None)
    told = told or next((word for key in PLACE_KEYS if (word := _environment_word(named.get(key, "")))), None)
    told = told or _titled(title)
    return default if told is None or _meaning(told) == _meaning(default) else _meaning(told)


def _titled(title: str) -> str | None:
    """Return the environment that a title marks; a name in one piece, such as `checkout-5xx-staging`, at an end."""
    if found := TITLED.search(title):
        return found[1] or found[2]
    pieces = re.split(r"[-_./]", title.strip().lower()) if " " not in title.strip() else []
    return next((piece for piece in (*pieces[-1:], *pieces[:1]) if piece in ENVIRONMENTS), None)


def _by_key(labels: Mapping[str, str]) -> dict[str, str]:
    return {
        key.casefold().replace(" ", "_"): value.rpartition("/")[2] or value for key, value in labels.items() if value
    }


def _of_pod(named: Mapping[str, str]) -> str | None:
    pod = next((named[key] for key in ("pod", "pod_name", "kube_pod") if key in named), "")
    found = POD.match(pod)
    return found[1] if found else None


def _mentioned(text: str, names: Mapping[str, str]) -> str | None:
    """Return the known service that a text names first; of two at one place, the longer name.

    A name in one piece, such as an alarm's `checkout-5xx`, may hold it between hyphens; in a sentence it stands alone.
    """
    lowered = text.strip().casefold()
    edge = "a-z0-9" if " " not in lowered else r"\w-"
    found = []
    for name in names:
        at = re.search(rf"(?<![{edge}]){re.escape(name)}(?![{edge}])", lowered) if name in lowered else None
        if at:
            found.append((at.start(), -len(name), names[name]))
    return min(found)[2] if found else None


def _worded(texts: Iterable[str]) -> str | None:
    """Return a word that says that it is a service, such as `checkout-api`."""
    return next((found[1] for text in texts if (found := SERVICE_WORD.search(text))), None)


def _environment_word(place: str) -> str | None:
    return next((word for word in re.split(r"[^a-z]+", place.lower()) if word in ENVIRONMENTS), None)


def _meaning(environment: str) -> str:
    return ENVIRONMENTS.get(environment.casefold(), environment)
