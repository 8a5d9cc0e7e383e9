"""Settings: one frozen value from the environment and one file."""

from pathlib import Path

import pytest

from langnghe.errors import ConfigError
from langnghe.settings import load_settings


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "langnghe.toml").write_text('web_port = 9000\nsmtp_host = "thu.example.vn"\n')
    settings = load_settings({"LANGNGHE_DATA_DIR": str(tmp_path), "LANGNGHE_WEB_PORT": "9001"})
    assert (settings.web_port, settings.smtp_host) == (9001, "thu.example.vn")


def test_a_secret_may_lie_in_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("mật khẩu\n", "utf-8")
    environ = {"LANGNGHE_DATA_DIR": str(tmp_path), "LANGNGHE_SMTP_PASSWORD_FILE": str(secret)}
    assert load_settings(environ).smtp_password == "mật khẩu"


@pytest.mark.parametrize(
    "environ",
    [
        {"LANGNGHE_WEB_PROT": "1"},
        {"LANGNGHE_WEB_PORT": "eight"},
        {"LANGNGHE_WEB_PORT": "70000"},
        {"LANGNGHE_DIGEST_HOUR": "24"},
        {"LANGNGHE_REPLAY_SPEED": "nan"},
        {"LANGNGHE_LOG_LEVEL": "loud"},
        {"LANGNGHE_CRAWL_ENABLED": "maybe"},
        {"LANGNGHE_LOOPBACK_PORTS": "8642,eight"},
        {"LANGNGHE_LOOPBACK_PORTS": "70000"},
        {"LANGNGHE_SMTP_PASSWORD_FILE": "/nonexistent/secret"},
    ],
)
def test_a_mistake_is_named(tmp_path: Path, environ: dict[str, str]) -> None:
    with pytest.raises(ConfigError) as caught:
        load_settings({"LANGNGHE_DATA_DIR": str(tmp_path), **environ})
    name = next(iter(environ))
    assert name in str(caught.value) or name.removeprefix("LANGNGHE_").lower() in str(caught.value)


def test_variables_of_the_tests_are_left_alone(tmp_path: Path) -> None:
    load_settings({"LANGNGHE_DATA_DIR": str(tmp_path), "LANGNGHE_TEST_POSTGRES_URL": "x"})


def test_an_unknown_key_of_the_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "langnghe.toml").write_text("colour = 'red'\n")
    with pytest.raises(ConfigError, match="colour"):
        load_settings({"LANGNGHE_DATA_DIR": str(tmp_path)})


def test_a_file_that_cannot_be_read_is_a_mistake_of_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "langnghe.toml").mkdir()
    with pytest.raises(ConfigError, match=r"langnghe\.toml"):
        load_settings({"LANGNGHE_DATA_DIR": str(tmp_path)})
