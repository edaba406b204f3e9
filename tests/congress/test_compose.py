"""The production description: no container engine runs here, so the file itself is judged, service by service."""

import re
from pathlib import Path

import pytest
import yaml
from compose_spec import PyCompose

ROOT = Path(__file__).resolve().parents[2]


def filled_in(text: str) -> str:
    """The file as compose reads it: defaults in place, what a person must give given."""
    text = re.sub(r"\$\{(\w+):-([^}]*)\}", r"\2", text)
    return re.sub(r"\$\{(\w+)(:\?[^}]*)?\}", "liaison.example.cn", text)


COMPOSE = yaml.safe_load(filled_in((ROOT / "docker-compose.yml").read_text(encoding="utf-8")))
SERVICES = sorted(COMPOSE["services"])


def test_the_file_follows_the_compose_specification():
    assert set(PyCompose.from_yaml(yaml.safe_dump(COMPOSE)).service_names()) == set(SERVICES)


def test_the_specification_would_notice_a_wrong_key():
    wrong = COMPOSE | {"services": COMPOSE["services"] | {"web": COMPOSE["services"]["web"] | {"portz": ["1:1"]}}}
    with pytest.raises(Exception, match="portz"):
        PyCompose.from_yaml(yaml.safe_dump(wrong))


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_locked_down(name):
    service = COMPOSE["services"][name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert "privileged" not in service
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert int(service["user"].split(":")[0]) > 0
    assert service["pids_limit"] <= 256
    assert service["mem_limit"]
    assert service["tmpfs"]
    assert service["healthcheck"].get("test") or service["healthcheck"] == {"disable": True}
    assert service["logging"]["options"] == {"max-size": "20m", "max-file": "10"}


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"prepare", "static"}))
def test_every_lasting_service_comes_back_and_is_watched(name):
    service = COMPOSE["services"][name]

    assert service["restart"] == "unless-stopped"
    assert service["healthcheck"]["test"]


def test_only_the_proxy_has_a_port_on_the_host():
    assert [name for name in SERVICES if "ports" in COMPOSE["services"][name]] == ["proxy"]


def test_database_and_redis_live_on_a_network_without_a_way_out():
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    for name in ("database", "redis"):
        assert COMPOSE["services"][name]["networks"] == ["inside"]
    assert "inside" not in COMPOSE["services"]["proxy"]["networks"]


def test_no_secret_stands_in_the_environment():
    for name in SERVICES:
        environment = COMPOSE["services"][name].get("environment", {})
        open_secrets = {
            key for key in environment if key.endswith(("PASSWORD", "_KEY", "_KEYS")) or key == "DATABASE_URL"
        }
        assert open_secrets == set(), name
        for secret in COMPOSE["services"][name].get("secrets", []):
            assert COMPOSE["secrets"][secret]["file"].startswith("secrets/")


def test_the_application_never_holds_the_owner_s_password():
    holders = {name for name in SERVICES if "database_owner_url" in COMPOSE["services"][name].get("secrets", [])}

    assert holders == {"prepare"}


def test_redis_keeps_what_it_was_told():
    command = " ".join(COMPOSE["services"]["redis"]["command"])

    assert "--appendonly yes" in command
    assert "--maxmemory-policy noeviction" in command


def test_the_proxy_drops_what_a_visitor_claims_about_himself_and_limits_size_and_time():
    text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")

    assert "proxy_set_header X-Forwarded-For $remote_addr;" in text
    assert "proxy_add_x_forwarded_for" not in text
    for line in ("client_max_body_size 25m;", "client_header_timeout 10s;", "client_body_timeout 10s;", "limit_conn "):
        assert line in text
