"""A broker that insists on TLS, a password and access control lists."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from confluent_kafka.admin import (
    AclBinding,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
)
from flowsift.cli.main import main
from flowsift.engine.flink.api import flink_home
from flowsift.engine.flink.jvm import SHORT_LIVED
from flowsift.engine.settings import free_port
from flowsift.report import topics
from flowsift.testbed.clusters import BROKER_JARS, kafka_broker
from flowsift.testbed.generate import Recipe, to_kafka

from tests.support.environment import START_ENVIRONMENT
from tests.support.kafka import create

PASSWORD = "hush-hush-42"
LOGIN = "org.apache.{shaded}kafka.common.security.plain.PlainLoginModule required "
# What docs/deploy.md says the principal needs.
RIGHTS = [
    (ResourceType.TOPIC, "flows", ResourcePatternType.LITERAL, AclOperation.READ),
    (ResourceType.GROUP, "flowsift", ResourcePatternType.LITERAL, AclOperation.READ),
    (ResourceType.TOPIC, "out.", ResourcePatternType.PREFIXED, AclOperation.WRITE),
    (ResourceType.TOPIC, "out.", ResourcePatternType.PREFIXED, AclOperation.CREATE),
    (ResourceType.TRANSACTIONAL_ID, "flowsift-", ResourcePatternType.PREFIXED, AclOperation.WRITE),
]


def keytool(*arguments):
    home = os.environ.get("JAVA_HOME")
    tool = str(Path(home, "bin", "keytool")) if home else "keytool"
    subprocess.run([tool, *arguments], check=True, capture_output=True)


@pytest.fixture(scope="module")
def secure(tmp_path_factory):
    """(open address, address with TLS and passwords, folder with the client's certificate)."""
    if not any(BROKER_JARS.glob("*.jar")):
        pytest.skip("no Kafka: its jars need Maven; make jars")
    folder = tmp_path_factory.mktemp("secure")
    store = ["-keystore", str(folder / "broker.p12"), "-storepass", "changeit", "-alias", "broker"]
    keytool("-genkeypair", "-keyalg", "RSA", "-dname", "CN=broker", "-ext", "SAN=ip:127.0.0.1", *store)
    keytool("-exportcert", "-rfc", "-file", str(folder / "broker.pem"), *store)
    port = free_port()
    settings = {
        "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SASL_SSL:SASL_SSL",
        "sasl.enabled.mechanisms": "PLAIN",
        "listener.name.sasl_ssl.plain.sasl.jaas.config": f'{LOGIN.format(shaded="")} user_flowsift="{PASSWORD}";',
        "ssl.keystore.location": str(folder / "broker.p12"),
        "ssl.keystore.password": "changeit",
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": "User:ANONYMOUS",
        "auto.create.topics.enable": "false",
    }
    with kafka_broker(folder / "kafka", settings, [f"SASL_SSL://127.0.0.1:{port}"], java=SHORT_LIVED) as server:
        create(server, "flows")
        create(server, "private")
        admin = AdminClient({"bootstrap.servers": server})
        allow = [
            AclBinding(kind, name, pattern, "User:flowsift", "*", operation, AclPermissionType.ALLOW)
            for kind, name, pattern, operation in RIGHTS
        ]
        for done in admin.create_acls(allow).values():
            done.result(30)
        to_kafka(Recipe(duration_s=600, rate=20.0), server, "flows", {}, None, lambda lines, time_ms: None)
        yield server, f"127.0.0.1:{port}", folder


def arguments(folder, address, topic, password=PASSWORD):
    """What a user gives, with client.properties as docs/deploy.md shows."""
    login = f'{LOGIN.format(shaded="flink.kafka.shaded.org.apache.")}username="flowsift" password="{password}";'
    (folder / "client.properties").write_text(
        f"security.protocol=SASL_SSL\nsasl.mechanism=PLAIN\nsasl.jaas.config={login}\n"
        f"ssl.truststore.type=PEM\nssl.truststore.location={folder / 'broker.pem'}\n"
    )
    where = ["--input", f"kafka://{address}/{topic}", "--output", f"kafka://{address}", "--topic-prefix", "out."]
    properties = ["--properties", str(folder / "client.properties"), "--trace"]
    return ["run", "traffic_totals", "--source", "flows", "--bounded", *where, *properties]


def flowsift(folder, address, topic, password=PASSWORD):
    """Run a job as a user would, in a process of its own."""
    command = [sys.executable, "-m", "flowsift.cli.main", *arguments(folder, address, topic, password)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, env=START_ENVIRONMENT)
    check_that_it_is_secret(password, ended.stdout + ended.stderr)
    return ended


def check_that_it_is_secret(password, shown):
    logs = [log.read_text() for log in (flink_home() / "log").glob("*.log")]
    assert logs and not any(password in text for text in (shown, *logs))


def test_with_tls_a_password_and_the_rights_of_the_readme_a_job_runs(secure):
    server, address, folder = secure
    ended = flowsift(folder, address, "flows")
    assert ended.returncode == 0, ended.stderr
    [total] = [row for row in topics.rows(server, "out.traffic_totals") if row["entity"] == "all"]
    assert 0 < total["flow_count"] == sum(row["accepted"] for row in topics.rows(server, "out.ledger"))


@pytest.mark.parametrize(
    ("option", "words"), [("--explain", "TableSourceScan"), ("--print", "'properties.sasl.jaas.config' = '***'")]
)
def test_what_is_shown_of_a_job_holds_no_password(option, words, secure, capsys):
    _, address, folder = secure
    assert main([*arguments(folder, address, "flows"), option]) == 0
    shown = capsys.readouterr()
    assert words in shown.out
    check_that_it_is_secret(PASSWORD, shown.out + shown.err)


@pytest.mark.parametrize(
    ("topic", "password", "message"),
    [("flows", "wrong-password", "SaslAuthenticationException"), ("private", PASSWORD, "topic private does not exist")],
)
def test_without_them_it_is_one_clear_line(secure, topic, password, message):
    _, address, folder = secure
    ended = flowsift(folder, address, topic, password)
    assert ended.returncode == 2
    assert message in ended.stderr.splitlines()[0]
