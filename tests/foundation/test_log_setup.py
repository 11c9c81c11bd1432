import logging
from collections.abc import Iterator

import pytest

from planner.foundation.app_paths import log_folder
from planner.foundation.log_setup import log_to_file, short_name_of


@pytest.fixture
def a_fresh_logger() -> Iterator[logging.Logger]:
    logger = logging.getLogger("planner")
    handlers, level = list(logger.handlers), logger.level
    yield logger
    for handler in set(logger.handlers) - set(handlers):
        logger.removeHandler(handler)
        handler.close()
    logger.setLevel(level)


@pytest.mark.usefixtures("a_fresh_logger")
def test_log_lines_of_the_program_go_to_a_file() -> None:
    log_to_file()
    logging.getLogger("planner.dicom").info("Read series %s", short_name_of("1.2.3"))
    (file,) = log_folder().glob("*.log")
    assert f"planner.dicom: Read series {short_name_of('1.2.3')}" in file.read_text("utf-8")


def test_a_uid_is_logged_by_a_name_that_says_nothing_of_it() -> None:
    uid = "1.2.840.113619.2.55.3"
    assert short_name_of(uid) == short_name_of(uid)
    assert short_name_of(uid) != short_name_of(uid + ".1")
    assert short_name_of(uid) not in uid
    assert len(short_name_of(uid)) == 8
