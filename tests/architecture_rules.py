"""The house rules that a machine can check. Each takes text and returns complaints."""

import ast
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

ORDER = ("registry", "analytics", "recommender")
LEAVES = {"modelhub.htmx", "modelhub.env"}
GATEWAY = "modelhub.gateway"
GATEWAY_DOORS = ("modelhub/gateway/", "modelhub/asgi.py", "modelhub/management/")
VAGUE_NAMES = {"utils", "helpers", "common", "manager", "misc", "util", "helper"}
FILE_LINES = 400
FUNCTION_LINES = 40
HARMLESS_CALLS = {
    # Module level: they define something and do nothing outside this process.
    "add_constructor",
    "add_implicit_resolver",
    "unregister",
    "add_to_builtins",
    "register_converter",
    "setdefault",
    "config_from_object",
    "autodiscover_tasks",
    "main",
    "exit",
    "register",
    "add_router",
}
INLINE = re.compile(r"""\s(style|on[a-z]+)\s*=\s*["']|<style[\s>]|javascript:""", re.I)
INLINE_SCRIPT = re.compile(
    r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>", re.I
)


def imported_modules(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            # `from modelhub import gateway` names a module too.
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def import_complaints(path: str, source: str) -> list[str]:
    """Imports against the one direction registry ← analytics ← recommender."""
    room = PurePosixPath(path).parts[0]
    found = []
    for module in imported_modules(source):
        target = module.split(".")[0]
        if is_inside(module, GATEWAY) and not path.startswith(GATEWAY_DOORS):
            found.append(f"{path} imports {module}: nobody imports the gateway")
        if room not in ORDER:
            continue
        if target in ORDER and ORDER.index(target) > ORDER.index(room):
            found.append(f"{path} imports {module}, which stands to its right")
        crosses = target in ORDER and target != room
        if crosses and {"views", "forms"} & set(module.split(".")):
            found.append(f"{path} imports {module}: views and forms stay at home")
        if is_inside(module, "modelhub.settings"):
            found.append(f"{path} imports {module}: use django.conf.settings")
    return found


def is_inside(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def name_complaints(path: str) -> list[str]:
    stem = PurePosixPath(path).stem
    return [f"{path} has a vague name"] if stem in VAGUE_NAMES else []


def size_complaints(path: str, source: str) -> list[str]:
    lines = len(source.splitlines())
    found = [f"{path} has {lines} lines"] if lines > FILE_LINES else []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = code_lines(node, source)
            if length > FUNCTION_LINES:
                found.append(f"{path}: {node.name} has {length} lines of code")
    return found


def code_lines(node: ast.FunctionDef | ast.AsyncFunctionDef, source: str) -> int:
    """Lines of a function without its docstring, blank lines and comments."""
    first = node.body[0]
    has_docstring = ast.get_docstring(node) is not None and len(node.body) > 1
    begin = node.body[1].lineno if has_docstring else first.lineno
    lines = source.splitlines()[begin - 1 : node.end_lineno]
    return sum(1 for line in lines if line.strip() and not line.strip().startswith("#"))


def signal_complaints(path: str, source: str) -> list[str]:
    return [
        f"{path} uses a signal: {module}"
        for module in imported_modules(source)
        if re.search(r"\.signals\b|\.dispatch\b", module)
    ]


def import_time_complaints(path: str, source: str) -> list[str]:
    """Calls made as statements while a module is being imported."""
    return [
        f"{path}:{node.lineno} works when imported"
        for node in ast.parse(source).body
        if does_work(node)
    ]


def does_work(node: ast.stmt) -> bool:
    """Whether a statement of a module does more than define something."""
    if isinstance(node, ast.For):
        return any(does_work(inner) for inner in node.body)
    if isinstance(node, ast.While | ast.With):
        return True
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        return called_name(node.value) not in HARMLESS_CALLS
    return False


def called_name(call: ast.Call) -> str:
    function = call.func
    return getattr(function, "attr", None) or getattr(function, "id", "?")


def template_complaints(path: str, text: str) -> list[str]:
    """What the Content-Security-Policy would refuse."""
    patterns = (INLINE, INLINE_SCRIPT)
    return [
        f"{path}: {match.group().strip()}"
        for pattern in patterns
        for match in pattern.finditer(text)
    ]


def undocumented(requirements: list[str], page: str) -> list[str]:
    """Dependencies without a line `- name: why` of their own."""
    named = set(re.findall(r"^- `([a-z0-9-]+)`", page, re.M))
    wanted = {re.split(r"[\[<>=~! ]", one)[0].lower() for one in requirements}
    return sorted(wanted ^ named)
