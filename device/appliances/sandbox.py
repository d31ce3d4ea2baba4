"""A Jinja2 in which a template from the network can only choose, calculate and put words together.

What is allowed is listed; the rest is refused when the template is compiled. There are no loops, macros or
imports, and no attribute but an item of JSON, so that a template ends after as many steps as it has words.
Each step yields at most `filters.MOST`: what is assigned, added, replaced or formatted is measured.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from device.appliances.filters import FILTERS, FUNCTIONS, TESTS, Refused, measured

DEEPEST = 40
"""Levels of a template's parts within one another."""
HIGHEST = 1e30
METHODS = frozenset(
    {
        *(
            "lower",
            "upper",
            "title",
            "capitalize",
            "strip",
            "lstrip",
            "rstrip",
            "removeprefix",
            "removesuffix",
        ),
        *("split", "replace", "startswith", "endswith", "find", "isdigit", "isnumeric", "format"),
        *("get", "keys", "values", "items", "index", "count"),
    }
)
PARTS = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.CondExpr, nodes.Assign, nodes.Name),
    *(nodes.Const, nodes.List, nodes.Tuple, nodes.Dict, nodes.Pair, nodes.Keyword, nodes.Slice),
    *(nodes.Getattr, nodes.Getitem, nodes.Call, nodes.Filter, nodes.Test, nodes.Compare, nodes.Operand),
    *(nodes.And, nodes.Or, nodes.Not, nodes.Neg, nodes.Pos, nodes.Concat),
    *(nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod),
)


class Unknown(jinja2.Undefined):
    """What a template names and nobody gave: false, and nothing that can be put into a message."""

    __slots__ = ()
    __str__ = jinja2.Undefined._fail_with_undefined_error


class Sandbox(ImmutableSandboxedEnvironment):
    intercepted_binops = frozenset({"+", "*", "%"})

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        numbers = isinstance(left, int | float) and isinstance(right, int | float)
        if operator == "%" and isinstance(left, str):
            return FILTERS["format"](left, *(right if isinstance(right, tuple) else (right,)))
        if not numbers and operator != "+":
            raise Refused("only numbers are multiplied or divided")
        if not numbers:
            measured([left, right])
        result = super().call_binop(context, operator, left, right)
        if numbers and abs(result) > HIGHEST:
            raise Refused("a number is too large")
        return result

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        if isinstance(obj, list | tuple):
            return attr in ("index", "count")
        return isinstance(obj, str | Mapping) and attr in METHODS

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:
        """The methods of texts that can make much of little have a filter's limits."""
        owner, name = getattr(value, "__self__", None), getattr(value, "__name__", "")
        limited = isinstance(owner, str) and name in ("replace", "format")
        return partial(FILTERS[name], owner) if limited else None


def _environment() -> Sandbox:
    made = Sandbox(undefined=Unknown, optimized=False, finalize=_final, cache_size=0)
    made.filters = dict(FILTERS)
    made.tests = {name: made.tests[name] for name in TESTS}
    made.globals = dict(FUNCTIONS)
    return made


def _final(value: Any) -> Any:
    return value if isinstance(value, jinja2.Undefined) else measured(value)


def compiled(source: str) -> jinja2.Template:
    """Raises Refused for what is no template, or has a part that is not allowed."""
    try:
        tree = ENVIRONMENT.parse(source)
        for node, depth in _walk(tree, 0):
            _check(node, depth)
            if isinstance(node, nodes.Assign):
                node.node = nodes.Filter(node.node, "measured", [], [], None, None, lineno=node.lineno)
        return jinja2.Template.from_code(ENVIRONMENT, ENVIRONMENT.compile(tree), {}, None)
    except Refused:
        raise
    except jinja2.TemplateError as error:
        raise Refused(f"it is not a template: {str(error).splitlines()[0]}") from None
    except (RecursionError, MemoryError, SyntaxError, ValueError, OverflowError):
        raise Refused("it cannot be compiled") from None


def rendered(template: jinja2.Template, variables: Mapping[str, Any]) -> str:
    """Raises Refused for what cannot be rendered."""
    try:
        result = "".join(template.root_render_func(template.new_context({**FUNCTIONS, **variables})))
    except Refused:
        raise
    except Exception as error:  # whatever an expression may raise
        raise Refused(str(error).partition("\n")[0] or type(error).__name__) from None
    return str(measured(result)).strip()


def _walk(node: nodes.Node, depth: int) -> Iterator[tuple[nodes.Node, int]]:
    if depth > DEEPEST:
        raise Refused("it is nested too deeply")
    for child in node.iter_child_nodes():
        yield from _walk(child, depth + 1)
    yield node, depth


def _check(node: nodes.Node, depth: int) -> None:
    """Raise Refused for a part of a template that is not allowed."""
    what = type(node).__name__.lower()
    if not isinstance(node, PARTS):
        raise Refused(f"it uses {what}, which is not supported")
    match node:
        case nodes.Filter(name=name) if name not in FILTERS or node.node is None:
            raise Refused(f"it uses the filter {name}, which is not supported")
        case nodes.Test(name=name) if name not in TESTS:
            raise Refused(f"it uses the test {name}, which is not supported")
        case nodes.Call() if node.dyn_args is not None or node.dyn_kwargs is not None:
            raise Refused("it calls something with a list, which is not supported")
        case nodes.Call(node=nodes.Name(name=name)) if name not in FUNCTIONS:
            raise Refused(f"it calls {name}, which is not supported")
        case nodes.Call(node=nodes.Getattr(attr=attr)) if attr not in METHODS:
            raise Refused(f"it calls {attr}, which is not supported")
        case nodes.Call(node=called) if not isinstance(called, nodes.Name | nodes.Getattr):
            raise Refused("it calls something that is not a function")
        case nodes.Assign(target=target) if not isinstance(target, nodes.Name) or target.name in FUNCTIONS:
            raise Refused("it assigns to something that is not a name")
        case nodes.Name(name="self"):
            raise Refused("it uses self, which is not supported")
        case nodes.Getattr(attr=attr) if attr.startswith("_"):
            raise Refused(f"it uses {attr}, which is not supported")


ENVIRONMENT = _environment()
