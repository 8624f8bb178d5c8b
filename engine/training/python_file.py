"""Python files that a person names to bring in a network of their own."""

import importlib.util
from pathlib import Path
from typing import Any

from engine.errors import UsageError


def call_in_file(file: Path, function: str) -> Any:
    """Runs a Python file that the person named, and then one function in it, without arguments.

    Args:
        file: Anything in it is run, with all rights of the person.
        function: Name of the function.

    Returns:
        What the function returns.

    Raises:
        UsageError: The file is missing, fails, or does not define the function.
    """
    spec = importlib.util.spec_from_file_location(f"hammingbird_{file.stem}", file)
    if not file.is_file() or spec is None or spec.loader is None:
        raise UsageError(f"There is no Python file {file}.", f"Name the one that defines {function}().")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
        if hasattr(module, function):
            return getattr(module, function)()
    except Exception as error:  # whatever a person's own code raises
        raise UsageError(f"{file} failed: {type(error).__name__}: {error}.", "Mend the file.") from error
    raise UsageError(f"{file} does not define {function}().", "Name the file that does.")
