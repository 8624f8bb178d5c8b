"""The man page says all that the program's own help says."""

import click

from engine.cli.main import commands
from man_page import man_page


def unescaped(text: str) -> str:
    return text.replace("\\-", "-").replace("\\fB", "").replace("\\fR", "")


def test_each_command_and_option_is_there() -> None:
    page = unescaped(man_page())
    context = click.Context(commands, info_name="hammingbird")
    for name in commands.list_commands(context):
        command = commands.get_command(context, name)
        assert command is not None
        assert (f".SS hammingbird {name} " in page) != command.hidden
        for parameter in [] if command.hidden else command.get_params(context):
            if isinstance(parameter, click.Option) and not parameter.hidden:
                assert parameter.opts[-1] in page, (name, parameter.opts)


def test_commands_of_commands_are_there() -> None:
    page = unescaped(man_page())
    assert ".SS hammingbird models accept " in page and ".SS hammingbird captions import " in page


def test_the_window_s_own_options_are_there() -> None:
    page = unescaped(man_page())
    assert "--add FOLDER" in page and "[PATH" in page


def test_no_line_of_text_is_taken_for_a_request() -> None:
    requests = {".TH", ".SH", ".SS", ".TP", ".PP", ".nf", ".fi", ".B"}
    lines = [line for line in man_page().splitlines() if line.startswith((".", "'"))]
    assert lines and {line.split()[0] for line in lines} <= requests
