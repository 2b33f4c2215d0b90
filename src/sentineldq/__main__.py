"""The `sentinel` command; `python -m sentineldq` is the same."""

from __future__ import annotations

import atexit
import os
import sys
from contextlib import suppress
from typing import NoReturn


def main() -> None:
    """Run the command line and exit with its code: 0 good, 1 checks failed, 2 usage, 3 could not run."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # closed by whoever started us; the exit code still counts
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115, PTH123
    _end(_run())


def _end(code: int) -> NoReturn:
    """Leave at once, after what was to be done at exit: taking the interpreter apart costs 40 ms for nothing."""
    atexit._run_exitfuncs()  # noqa: SLF001  # what os._exit leaves out, and scratch files are removed by
    with suppress(OSError, ValueError):
        sys.stderr.flush()
    os._exit(code)


def _run() -> int:
    """The exit code, once all is written: a reader who has gone (`| head`) is no fault, a full disk is."""
    try:
        code = _version() if sys.argv[1:] in (["--version"], ["-V"]) else _command()
        sys.stdout.flush()
    except OSError as error:
        # Python would try once more at exit, and complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            return 0
        with suppress(OSError):  # where nothing can be said, the exit code still counts
            sys.stderr.write(f"error: cannot write standard output: {error.strerror}\n")
            sys.stderr.flush()
        return 3
    return code


def _version() -> int:
    """Answered before anything heavy is imported."""
    from sentineldq.version import __version__

    sys.stdout.write(f"sentinel {__version__}\n")
    return 0


def _command() -> int:
    from sentineldq.cli.app import run

    return run()


if __name__ == "__main__":
    main()
